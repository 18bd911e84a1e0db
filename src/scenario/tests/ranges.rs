//! Ranges on axes: the lists that they stand for, and what is said against them.

use super::*;

/// The values of one axis.
fn values(key: &str, value: &str) -> Vec<String> {
    cells(&plan(&format!("[sweep.grid]\n{key} = {value}\n[[faults.slow]]\nnodes = 1\ndelay = \"1s\"")))
}

#[test]
fn ranges_are_the_lists_that_they_stand_for() {
    for (key, range, list) in [
        ("network.loss", "{ from = 0, to = 0.3, step = 0.1 }", "[0, 0.1, 0.2, 0.3]"),
        ("network.loss", "{ from = 0.05, to = 0.3, step = 0.1 }", "[0.05, 0.15, 0.25]"),
        ("network.loss", "{ from = 0, to = 1, points = 5 }", "[0, 0.25, 0.5, 0.75, 1]"),
        ("network.loss", "{ from = 0, to = 1, points = 4, scale = 'linear' }", "[0, 0.333, 0.667, 1]"),
        ("network.loss", "{ from = 1e-3, to = 0.1, points = 5, scale = 'log' }", "[0.001, 0.00316, 0.01, 0.0316, 0.1]"),
        ("capability_don.nodes", "{ from = 4, to = 31, step = 9 }", "[4, 13, 22, 31]"),
        ("request.count", "{ from = 1, to = 16, points = 9, scale = 'log' }", "[1, 2, 3, 4, 6, 8, 11, 16]"),
        ("capability_don.payload_holders", "{ from = 6, to = 8, step = 1 }", "[6, 7, 8]"),
        ("aggregator.timeout", "{ from = '500ms', to = '2s', step = '0.5s' }", "['0.5s', '1s', '1.5s', '2s']"),
        ("capability_don.ocr", "{ from = '0s', to = '20ms', points = 4 }", "['0s', '6.67ms', '13.33ms', '20ms']"),
        ("network.latency.p50", "{ from = '10ms', to = '40ms', step = '15ms' }", "['10ms', '25ms', '40ms']"),
        ("workflow_don.start_skew", "{ from = '0s', to = '50ms', step = '25ms' }", "['0s', '25ms', '50ms']"),
        ("faults.slow.delay", "{ from = '1us', to = '1s', points = 3, scale = 'log' }", "['1us', '1ms', '1s']"),
        (
            "request.payload_size",
            "{ from = '1KiB', to = '8KiB', points = 4, scale = 'log' }",
            "['1KiB', '2KiB', '4KiB', '8KiB']",
        ),
        (
            "request.payload_size",
            "{ from = '1KB', to = '100KB', points = 3, scale = 'log' }",
            "['1KB', '10KB', '100KB']",
        ),
        (
            "network.bandwidth",
            "{ from = '1Mbit/s', to = '1Gbit/s', points = 4, scale = 'log' }",
            "['1Mbit/s', '10Mbit/s', '100Mbit/s', '1Gbit/s']",
        ),
        ("network.loss", "{ from = 0.2, to = 0.2, step = 0.1 }", "[0.2]"),
    ] {
        let sweep = |table: &str, value: &str| {
            let faults = "[[faults.slow]]\nnodes = 1\ndelay = \"1s\"";
            plan(&format!("[sweep.{table}]\n{key} = {value}\n{faults}"))
        };
        for table in ["grid", "zip"] {
            let (short, long) = (sweep(table, range), sweep(table, list));
            assert_eq!(cells(&short), cells(&long), "{key} = {range}");
            assert_eq!((short.id(), short.resolved()), (long.id(), long.resolved()), "{key} = {range}");
            let ids = |scenario: &Scenario| (0..3).map(|index| scenario.cell(index).id).collect::<Vec<_>>();
            assert_eq!(ids(&short), ids(&long));
        }
    }
}

#[test]
fn resolved_lists_the_values() {
    let scenario = plan("[sweep.grid]\nnetwork.loss = { from = 0, to = 0.3, step = 0.1 }");
    assert!(scenario.resolved().ends_with("[sweep.grid]\nnetwork.loss = [0, 0.1, 0.2, 0.3]\n"));
    let again = Scenario::parse(Path::new("resolved.toml"), scenario.resolved().into(), &[]).unwrap();
    assert_eq!((again.id(), again.resolved()), (scenario.id(), scenario.resolved()));
}

/// No step is added to the sum of those before it.
#[test]
fn a_long_range_drifts_nowhere() {
    let found = values("network.loss", "{ from = 0, to = 1, step = 0.001 }");
    let expected: Vec<_> = (0..=1000).map(|thousandths| (f64::from(thousandths) / 1000.0).to_string()).collect();
    assert_eq!(found, expected);
}

#[test]
fn parts_of_values_and_ranges_are_told_apart() {
    let nested = values("network.latency", "{ p50 = { from = '1ms', to = '2ms', step = '1ms' } }");
    assert_eq!(nested, ["1ms", "2ms"]);
    let whole = values("network.latency", "{ from = '1ms', to = '2ms', step = '1ms' }");
    assert_eq!(whole, ["1ms", "2ms"]);
    let cuts = "[[network.cuts]]\nfrom = ['workflow']\nto = ['capability']\n[sweep.grid.network.cuts]\n\
                from = [['workflow.0'], ['workflow.1']]\nto = [['capability.0']]";
    assert_eq!(cells(&plan(cuts)), ["workflow.0/capability.0", "workflow.1/capability.0"]);
}

/// Checks that a range has one finding: this message, help and offending text.
fn refuses(key: &str, range: &str, message: &str, underlined: &str, help: &str) {
    let text = format!("[sweep.grid]\n{key} = {range}");
    let found = errors(&text);
    let item = found.iter().next().unwrap();
    assert_eq!((found.len(), item.message()), (1, message), "{found}");
    assert!(item.suggestion().unwrap_or_default().contains(help), "{found}");
    assert_eq!(super::underlined(&found), underlined, "{found}");
}

#[test]
fn what_is_wrong_with_a_range_is_underlined() {
    let of = |rest: &str| format!("the range of `network.loss` {rest}");
    for (range, message, underlined, help) in [
        ("{ from = 0, to = 1, step = 0 }", of("has no positive step"), "0", "a step above zero"),
        ("{ from = 0, to = 1, step = -0.1 }", of("has no positive step"), "-0.1", "a range goes upwards"),
        ("{ from = 1, to = 0, step = 0.1 }", of("ends below its beginning"), "0", "exchange the two"),
        ("{ from = 0, to = 1, points = 3, scale = 'log' }", of("is logarithmic and begins at zero"), "0", "above it"),
        (
            "{ from = 0, to = 1, step = 0.1, points = 3 }",
            of("has both a step and a number of points"),
            "0.1",
            "drop one",
        ),
        ("{ from = 0.1, to = 1, step = 0.1, scale = 'log' }", of("is logarithmic and has a step"), "0.1", "points"),
        ("{ from = 0, to = 1, points = 1 }", of("has no such number of points"), "1", "from 2 to 100000"),
        ("{ from = 0, to = 1, points = 2.5 }", of("has no such number of points"), "2.5", "whole number"),
        ("{ from = 0, to = 1, points = 3, scale = 'lin' }", of("has an unknown scale"), "'lin'", "`linear`"),
        ("{ from = 0, to = 1, points = 3, scale = 10 }", of("has an unknown scale"), "10", "`log`"),
        ("{ from = 0, to = 1, stp = 0.1, points = 3 }", of("has no parameter `stp`"), "stp", "did you mean `step`?"),
        ("{ from = 0, step = 0.1 }", of("lacks `to`"), "{ from = 0, step = 0.1 }", "add `to = …`"),
        ("{ to = 1, step = 0.1 }", of("lacks `from`"), "{ to = 1, step = 0.1 }", "add `from = …`"),
        ("{ from = 0, to = 1 }", of("lacks `step` or `points`"), "{ from = 0, to = 1 }", "points"),
        ("{ from = 0, to = 1, step = 'x' }", of("needs a plain number as `step`"), "'x'", "decimal number"),
        ("{ from = 0, to = 1, step = 1e-19 }", of("needs a plain number as `step`"), "1e-19", "18 digits"),
        (
            "{ from = 0, to = 1, step = 1e-9 }",
            of("has 1000000001 points"),
            "{ from = 0, to = 1, step = 1e-9 }",
            "100000",
        ),
        (
            "{ from = 0.5, to = 0.501, points = 9, scale = 'log' }",
            of("has points that fall together"),
            "{ from = 0.5, to = 0.501, points = 9, scale = 'log' }",
            "fewer points",
        ),
        ("{ from = 0, to = 5, step = 1 }", "`network.loss` must be a probability from 0 to 1".into(), "5", "0.05"),
        ("{ start = 0, end = 1, step = 1 }", of("lacks `from`"), "", ""),
    ] {
        if underlined.is_empty() {
            assert!(errors(&format!("[sweep.grid]\nnetwork.loss = {range}")).len() > 1);
        } else {
            refuses("network.loss", range, &message, underlined, help);
        }
    }
}

#[test]
fn units_of_a_range_are_those_of_its_key() {
    let timeout = "aggregator.timeout";
    refuses(timeout, "{ from = 1, to = '2s', step = '1s' }", "`aggregator.timeout` lacks a unit", "1", "\"1ms\"");
    let unknown = "unknown unit `KiB` in `aggregator.timeout`";
    refuses(timeout, "{ from = '1s', to = '2s', step = '1KiB' }", unknown, "'1KiB'", "units: ns");
    refuses(timeout, "{ from = '0s', to = '2s', step = '1s' }", "`aggregator.timeout` is zero", "'0s'", "longer");
    let no_order = "`aggregator.rule_set` has no order";
    refuses(
        "aggregator.rule_set",
        "{ from = 0, to = 1, step = 1 }",
        no_order,
        "{ from = 0, to = 1, step = 1 }",
        "list its",
    );
    let whole = "`capability_don.nodes` must be a whole number";
    refuses("capability_don.nodes", "{ from = 4, to = 7.5, step = 1 }", whole, "7.5", "whole number");
    let plain = "the range of `capability_don.payload_holders` needs a plain number as `from`";
    refuses("capability_don.payload_holders", "{ from = 'f+1', to = 9, step = 1 }", plain, "'f+1'", "whole number");
}

/// What is swept by it is not blamed on the value that it would have without the sweep.
#[test]
fn a_refused_range_causes_no_second_finding() {
    let range = "{ from = 16, to = 31, step = 0 }";
    let text = format!(
        "[capability_don]\nf = 10\n[[expect]]\nthat = 'accepted >= 0.9'\n\
                        where = 'capability_don.nodes == 31'\n[sweep.grid]\ncapability_don.nodes = {range}"
    );
    assert_eq!(errors(&text).len(), 1, "{}", errors(&text));
    let part = "[sweep.grid]\nnetwork.latency.p50 = { from = '1ms', to = '2ms' }";
    assert_eq!(errors(part).len(), 1, "{}", errors(part));
    let zip = "[sweep.zip]\nnetwork.loss = { from = 0, to = 1 }\nrequest.count = [1, 2, 3]";
    assert_eq!(errors(zip).len(), 1, "{}", errors(zip));
}

#[test]
fn a_range_renders_like_any_finding() {
    let text = "[sweep.grid]\nnetwork.loss = { from = 0, to = 0.3, step = -0.1 }\n";
    let expected = "
error: the range of `network.loss` has no positive step
 --> demo.toml:3:45
  |
3 | network.loss = { from = 0, to = 0.3, step = -0.1 }
  |                                             ^^^^ goes downwards
  |
  = help: a range goes upwards by a step above zero; list the values for another order
";
    assert_eq!(errors(text).to_string(), expected.trim_matches('\n'));
}
