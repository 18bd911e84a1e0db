//! `where`, `select`, `--filter` and `--cell`: which cells they leave, and what is said against them.

use super::super::{Adjustments, Subject};
use super::*;

const SWEEP: &str = "[sweep.grid]\ncapability_don.nodes = [4, 7, 10]\nnetwork.loss = [0, 0.1, 0.3]\n\
                     aggregator.rule_set = [\"identical\", \"attested\"]\n";

fn filtered(text: &str, filter: &[&str]) -> Result<Scenario, Diagnostics> {
    let filter = filter.iter().map(|text| (*text).to_owned()).collect();
    adjusted(text, &Adjustments { filter, ..Adjustments::default() })
}

fn adjusted(text: &str, adjustments: &Adjustments) -> Result<Scenario, Diagnostics> {
    Scenario::parse_adjusted(Path::new("demo.toml"), format!("schema = 1\n{text}"), adjustments)
}

/// The cells of [`SWEEP`] that a condition leaves, all of them as `where` and as a filter.
fn left(condition: &str) -> Vec<String> {
    let faults = "[[faults.silent]]\nnodes = 1\n";
    let in_file = plan(&format!("{faults}[sweep]\nwhere = '''{condition}'''\n{SWEEP}"));
    let on_line = filtered(&format!("{faults}{SWEEP}"), &[condition]).unwrap();
    assert_eq!(cells(&in_file), cells(&on_line));
    assert_eq!(in_file.id(), on_line.id(), "it matters which cells there are, not how they were chosen");
    cells(&in_file)
}

#[test]
fn every_key_of_a_cell_can_be_asked_for() {
    let all = cells(&plan(SWEEP));
    let those = |fits: &dyn Fn(u32, f64, &str) -> bool| -> Vec<String> {
        let fits = |cell: &&String| {
            let parts: Vec<_> = cell.split('/').collect();
            fits(parts[0].parse().unwrap(), parts[1].parse().unwrap(), parts[2])
        };
        all.iter().filter(fits).cloned().collect()
    };
    for (condition, expected) in [
        ("capability_don.f >= 2", those(&|n, _, _| n >= 7)),
        ("capability_don.nodes > 3*capability_don.f + 0 and faults.silent.nodes == 1", all.clone()),
        ("network.response.loss < 0.3 or capability_don.nodes == 10", those(&|n, loss, _| loss < 0.3 || n == 10)),
        ("not aggregator.rule_set == attested", those(&|_, _, rules| rules == "identical")),
        (
            "'attested' == aggregator.rule_set and 7 < capability_don.nodes",
            those(&|n, _, rules| rules == "attested" && n > 7),
        ),
        ("not (network.loss == 0 or network.loss * 3 >= 0.9)", those(&|_, loss, _| loss == 0.1)),
        ("network.loss * 3 == 0.3", those(&|_, loss, _| loss == 0.1)),
        ("network.loss * 3 <= 0.3 and network.loss * 3 >= 0.3", those(&|_, loss, _| loss == 0.1)),
        ("3 * network.loss > 0.3", those(&|_, loss, _| loss == 0.3)),
        ("capability_don.nodes / 2 - 1.5 <= 2", those(&|n, _, _| n <= 7)),
        ("(capability_don.nodes - 1) / 3 == capability_don.f and -capability_don.nodes < -4", those(&|n, _, _| n > 4)),
        (
            "2 * capability_don.ocr + 500ms <= aggregator.timeout / 2 and network.loss == 0",
            those(&|_, loss, _| loss == 0.0),
        ),
        (
            "aggregator.timeout / 1s == 10 and request.payload_size * 2 <= 2KiB and network.loss > 0.1",
            those(&|_, loss, _| loss > 0.1),
        ),
        (
            "network.uplink != 100Mbit/s and capability_don.payload_holders == f+1 and network.loss == 0",
            those(&|_, loss, _| loss == 0.0),
        ),
        (
            "capability_don.allow_infeasible or not capability_don.allow_infeasible and network.loss == 0",
            those(&|_, loss, _| loss == 0.0),
        ),
        ("network.loss == network.response.loss and capability_don.nodes == 4", those(&|n, _, _| n == 4)),
        // Nothing is above or below what has no number.
        ("network.uplink > 1bit/s or network.loss == 0.1", those(&|_, loss, _| loss == 0.1)),
    ] {
        assert_eq!(left(condition), expected, "{condition}");
    }
}

#[test]
fn a_cell_can_be_asked_for_by_its_id() {
    let id = plan(&format!("[[faults.silent]]\nnodes = 1\n{SWEEP}")).cell(4).id;
    assert_eq!(left(&format!("cell == '{id}'")), ["4/0.3/identical"]);
    assert_eq!(left(&format!("cell != '{id}'")).len(), 17);
}

/// Place and words of the one finding on a `where`.
fn wrong(condition: &str) -> (String, String, String) {
    let text = format!("[sweep]\nwhere = '''{condition}'''\n{SWEEP}");
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{condition}\n{found}");
    let item = found.iter().next().unwrap();
    (item.message().into(), underlined(&found), item.suggestion().unwrap_or_default().into())
}

#[test]
fn what_is_wrong_with_a_condition_is_underlined() {
    const NONE: &str = "`sweep.where` is not a condition";
    for (condition, message, underlined) in [
        ("network.loss = 0", NONE, "= 0"),
        ("network.loss == 0 && network.loss == 1", NONE, "&& network.loss == 1"),
        ("network.loss == 0 and", NONE, "d"),
        ("network.loss == 0 and or", NONE, "or"),
        ("network.loss == 0 network.loss == 1", NONE, "network.loss"),
        ("0 < network.loss < 1", NONE, "<"),
        ("(network.loss == 0", NONE, "("),
        ("network.loss == 0)", NONE, ")"),
        ("network.loss == 'x", NONE, "'x"),
        ("* 3 == network.loss", NONE, "*"),
        ("network.loss", "`network.loss` alone is no condition", "network.loss"),
        ("3", "`3` alone is no condition", "3"),
        ("not network.loss", "`network.loss` alone is no condition", "network.loss"),
        ("network.los == 0", "unknown key `network.los`", "network.los"),
        ("network.loss == network.respone.loss", "unknown key `network.respone.loss`", "network.respone.loss"),
        ("faults.crash.nodes == 0", "this path leads to no single `faults.crash`", "faults.crash.nodes"),
        ("run.seed == 1", "`run.seed` does not tell cells apart", "run.seed"),
        ("network.latency.p5 > 1ms", "`network.latency.p5` is no parameter to compare", "network.latency.p5"),
        ("aggregator.rule_set < attested", "`aggregator.rule_set` has no order", "aggregator.rule_set < attested"),
        ("aggregator.rule_set + 1 == 2", "`aggregator.rule_set` is no number", "aggregator.rule_set"),
        ("aggregator.rule_set == atested", "unknown value of `aggregator.rule_set`", "atested"),
        (
            "aggregator.rule_set == network.loss",
            "`aggregator.rule_set` and `network.loss` cannot be compared",
            "aggregator.rule_set == network.loss",
        ),
        ("aggregator.timeout > 40", "`aggregator.timeout` lacks a unit", "40"),
        ("aggregator.timeout + 1 > 40ms", "`aggregator.timeout` is a duration, `1` is a plain number", "1"),
        ("2 * aggregator.timeout > 40", "`2 * aggregator.timeout` is a duration, `40` is a plain number", "40"),
        ("2 * aggregator.timeout > 4KiB", "`2 * aggregator.timeout` is a duration, `4KiB` is a size", "4KiB"),
        ("aggregator.timeout * 2ms > 0", "`2ms` cannot be a factor here", "2ms"),
        ("network.loss + 3parsec > 0", "`3parsec` is no number", "3parsec"),
        ("(network.loss > 0) + 1 > 0", "`(network.loss > 0)` is no number", "(network.loss > 0)"),
        ("network.loss > 0.7", "`sweep.where` leaves none of 18 combinations", "network.loss > 0.7"),
    ] {
        let (got_message, got_underlined, help) = wrong(condition);
        assert_eq!((got_message.as_str(), got_underlined.as_str()), (message, underlined), "{condition}");
        assert!(!help.is_empty() || message.contains("apart"), "{condition}");
    }
    assert_eq!(errors(&format!("[sweep]\nwhere = 'a == 1 and network.loss == x'\n{SWEEP}")).len(), 2);
    assert_eq!(errors("[sweep]\nwhere = 3").iter().next().unwrap().message(), "`sweep.where` must be a string");
    assert_eq!(errors("[sweep]\nwere = 'x'").iter().next().unwrap().suggestion(), Some("did you mean `where`?"));
}

#[test]
fn nothing_is_too_deep() {
    for text in ["(".repeat(100_000), "not ".repeat(100_000), "- ".repeat(100_000), "1 + ".repeat(50_000)] {
        assert_eq!(wrong(&text).0, "`sweep.where` is not a condition");
    }
    let long = format!("network.loss == 0{}", " or network.loss + 0 == 0".repeat(2_000));
    assert_eq!(left(&long).len(), 6);
}

/// `N < 3F + 1` in a combination that is no cell is no finding, and neither is a distribution that cannot be.
#[test]
fn what_is_no_cell_need_not_be_right() {
    let sweep = "[sweep.grid]\ncapability_don.nodes = [4, 7, 10]\ncapability_don.f = [1, 2, 3]\n";
    assert!(errors(sweep).to_string().contains("cannot bear"));
    let condition = "capability_don.nodes >= 3*capability_don.f + 1";
    let scenario = plan(&format!("[sweep]\nwhere = '{condition}'\n{sweep}"));
    assert_eq!(cells(&scenario), ["4/1", "7/1", "7/2", "10/1", "10/2", "10/3"]);
    assert_eq!(cells(&filtered(sweep, &[condition]).unwrap()), cells(&scenario));
    let indices: Vec<_> = (0..scenario.cell_count()).map(|index| scenario.cell(index).index).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4, 5], "no gaps are to be seen");

    // Parameters of values that are not swept, and of those that have none of the name.
    let law = "[network]\nlatency = { dist = 'lognormal', p50 = '40ms', p99 = '180ms' }\n";
    for (condition, holds) in [
        ("network.latency.p99 > 100ms", true),
        ("network.response.latency.p99 >= 4 * network.latency.p50", true),
        ("network.latency.p99 < 100ms", false),
        ("network.latency.mean > 1ns", false),
        ("not network.latency.mean > 1ns", true),
    ] {
        let found = filtered(law, &[condition]);
        assert_eq!(found.is_ok(), holds, "{condition}");
    }
    // Files go by the name that the scenario calls them, and parameters may have parameters.
    let named = "schema = 1\n[capability_don]\nregions = ['madrid']\n[workflow_don]\nregions = ['madrid']\n[network.latency]\n\
                 dist = 'regions'\nfile = 'data/rtt-ibm-cloud-2024-08.csv'\njitter = { dist = 'exponential', mean = '5ms' }\n";
    for (condition, holds) in [
        ("network.latency.file == 'data/rtt-ibm-cloud-2024-08.csv'", true),
        ("network.latency.file != 'data/rtt-ibm-cloud-2024-08.csv'", false),
        ("network.latency.jitter.mean == 5ms", true),
        ("network.latency.jitter.mean > 5ms", false),
    ] {
        let adjustments = Adjustments { filter: vec![condition.to_owned()], ..Adjustments::default() };
        let found = Scenario::parse_adjusted(Path::new("scenarios/demo.toml"), named.into(), &adjustments);
        assert_eq!(found.is_ok(), holds, "{condition}");
    }
    let tails = "[sweep.grid]\nnetwork.latency.p50 = ['1ms', '9ms']\nnetwork.latency.p99 = ['5ms', '10ms']\n";
    assert!(errors(tails).to_string().contains("is no distribution"));
    let sound = format!("[sweep]\nwhere = 'network.latency.p50 <= network.latency.p99'\n{tails}");
    assert_eq!(cells(&plan(&sound)), ["1ms/5ms", "1ms/10ms", "9ms/10ms"]);
    // A condition that asks for what cannot be does not make it go away.
    let hidden = format!("[sweep]\nwhere = 'network.latency == 3ms'\n{tails}");
    assert!(errors(&hidden).to_string().contains("is no distribution"));
}

#[test]
fn ids_depend_on_which_cells_there_are() {
    let of = |condition: &str| plan(&format!("[sweep]\nwhere = '{condition}'\n{SWEEP}")).id().to_owned();
    assert_eq!(of("network.loss >= 0"), plan(SWEEP).id());
    assert_eq!(of("network.loss > 0"), of("not network.loss == 0"));
    assert_ne!(of("network.loss > 0"), plan(SWEEP).id());
    assert_ne!(of("network.loss > 0"), of("network.loss > 0.1"));
}

/// In whatever sweep a cell is found, its id and all that is simulated are the same.
#[test]
fn a_cell_does_not_depend_on_the_others() {
    let meant = |scenario: &Scenario| {
        let cells = (0..scenario.cell_count()).map(|index| scenario.cell(index));
        let mut found = cells.filter(|cell| {
            let (setup, loss) = (&cell.setup, cell.setup.network.response.loss);
            setup.capability_don.nodes == 7 && loss == 0.1 && setup.aggregator.rule_set.to_string() == "attested"
        });
        let cell = found.next().unwrap();
        assert!(found.next().is_none());
        (cell.id, cell.setup)
    };
    let expected = meant(&plan(SWEEP));
    let smaller =
        "[aggregator]\nrule_set = 'attested'\n[sweep.grid]\ncapability_don.nodes = [7]\nnetwork.loss = [0.1]\n";
    let reordered = "[sweep.grid]\naggregator.rule_set = ['attested', 'identical']\n\
                     network.loss = { from = 0, to = 0.5, step = 0.1 }\n[sweep.zip]\ncapability_don.nodes = [10, 7, 31]\n";
    let alone = "[capability_don]\nnodes = 7\n[network]\nloss = 0.1\n";
    for text in [smaller, reordered, alone] {
        assert_eq!(meant(&plan(text)), expected, "{text}");
    }
    assert_eq!(meant(&plan(&format!("[sweep]\nwhere = 'network.loss > 0'\n{SWEEP}"))), expected);
    assert_eq!(meant(&filtered(SWEEP, &["capability_don.nodes > 4", "network.loss < 0.2"]).unwrap()), expected);
    let cells = vec![expected.0[..8].to_owned()];
    let only = adjusted(SWEEP, &Adjustments { cells, ..Adjustments::default() }).unwrap();
    assert_eq!((meant(&only), only.cell_count(), only.planned_count()), (expected, 1, 18));
}

#[test]
fn what_is_selected_in_vain_is_told_from_what_is_wrong() {
    let of = |filter: &[&str], cells: &[&str]| {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let adjustments = Adjustments { filter: owned(filter), cells: owned(cells), ..Adjustments::default() };
        let found = adjusted(SWEEP, &adjustments).unwrap_err();
        assert_eq!(found.len(), 1, "{found}");
        (found.selects_nothing(), found.iter().next().unwrap().message().to_owned(), underlined(&found))
    };
    let yes = |message: &str, text: &str| (true, message.to_owned(), text.to_owned());
    assert_eq!(of(&["network.loss > 0.5"], &[]), yes("nothing is selected of 18 cells", "network.loss > 0.5"));
    assert_eq!(of(&[], &["zz"]), yes("no cell's id begins with `zz`", "zz"));
    let id = plan(SWEEP).cell(0).id;
    assert!(of(&["network.loss > 0.1"], &[&id]).0);
    assert_eq!(of(&[], &[""]), (false, "several cells' ids begin with ``".into(), String::new()));
    let (nothing, message, _) = of(&["network.loss >> 0.5"], &[]);
    assert_eq!((nothing, message.as_str()), (false, "`--filter` is not a condition"));
}

/// Loaded again, it is the same part of the same scenario, with the same checks.
#[test]
fn resolved_keeps_what_is_selected() {
    let text = format!(
        "[[expect]]\nthat = \"accepted[attested] - accepted[identical] >= 0.1\"\n\
                        where = \"network.loss > 0\"\n[[expect]]\nthat = \"accepted >= 0.5\"\n\
                        [sweep]\nwhere = \"capability_don.nodes < 10\"\n{SWEEP}"
    );
    let whole = plan(&text);
    assert_eq!((whole.check_count(), whole.is_partial()), (4 + 12, false));
    let cell = whole.cell(3).id;
    for (filter, cells, checks) in [
        (vec!["network.loss == 0.1"], vec![], vec![2, 4]),
        (vec!["aggregator.rule_set == \"attested\"", "network.loss > 0"], vec![], vec![0, 4]),
        (vec![], vec![cell], vec![0, 1]),
        (vec!["network.loss >= 0"], vec![], vec![4, 12]),
    ] {
        let filter = filter.into_iter().map(str::to_owned).collect();
        let part = adjusted(&text, &Adjustments { filter, cells, ..Adjustments::default() }).unwrap();
        let again = Scenario::parse(Path::new("resolved.toml"), part.resolved().into(), &[]).unwrap();
        assert_eq!((again.id(), again.resolved()), (part.id(), part.resolved()));
        assert_eq!(again.id() == whole.id(), !part.is_partial());
        for scenario in [&part, &again] {
            assert_eq!((scenario.check_count(), scenario.planned_count()), (16, 12));
            let made: Vec<_> = scenario.expectations().iter().map(|it| it.subjects.len()).collect();
            assert_eq!(made, checks);
        }
        let same = |subject: &Subject| match *subject {
            Subject::Cell(index) => index < part.cell_count(),
            Subject::Difference { of, minus } => {
                let [of, minus] = [of, minus].map(|index| part.cell(index));
                of.axes[2].text == "attested" && minus.axes[2].text == "identical" && of.axes[..2] == minus.axes[..2]
            }
        };
        assert!(part.expectations().iter().flat_map(|it| &it.subjects).all(same));
    }
}

#[test]
fn axes_from_the_command_line_replace_or_join_those_of_the_file() {
    let swept = |text: &str, sweep: &[&str]| {
        let sweep = sweep.iter().map(|text| (*text).to_owned()).collect();
        adjusted(text, &Adjustments { sweep, ..Adjustments::default() })
    };
    let axes = |scenario: &Scenario| scenario.axes().iter().map(|axis| axis.key.clone()).collect::<Vec<_>>();
    let grid = "[sweep.grid]\nnetwork.loss = [0, 0.1]\nrequest.count = [1, 2]\n";
    let replaced = swept(grid, &["network.loss=0.5, 0.6,0.7"]).unwrap();
    assert_eq!(cells(&replaced), ["0.5/1", "0.5/2", "0.6/1", "0.6/2", "0.7/1", "0.7/2"]);
    let joined = swept(grid, &["aggregator.rule_set=identical,\"attested\""]).unwrap();
    assert_eq!(axes(&joined), ["network.loss", "request.count", "aggregator.rule_set"]);
    let same = plan(&format!("{grid}aggregator.rule_set = ['identical', 'attested']\n"));
    assert_eq!((joined.id(), joined.resolved()), (same.id(), same.resolved()));
    for (argument, values) in [
        ("network.loss={ from = 0, to = 0.2, step = 0.1 }", vec!["0", "0.1", "0.2"]),
        ("network.latency=10ms,{ dist = \"uniform\", min = \"0s\", max = \"1s\" }", vec!["10ms", "uniform(0s, 1s)"]),
        ("network.latency={ dist = \"constant\", value = \"1s\" }", vec!["1s"]),
        ("capability_don.payload_holders=f+1,all,7", vec!["f+1", "all", "7"]),
        ("capability_don.payload_holders=[\"all\"]", vec!["all"]),
        ("network.latency.p50=20ms", vec!["20ms"]),
    ] {
        assert_eq!(cells(&swept("", &[argument]).unwrap()), values, "{argument}");
    }
    let zip = "[sweep.zip]\nnetwork.loss = [0, 0, 0.1]\nrequest.count = [1, 2, 2]\n";
    let unzipped = swept(zip, &["request.count=3,4"]).unwrap();
    assert_eq!(cells(&unzipped), ["0/3", "0/4", "0.1/3", "0.1/4"]);
}

#[test]
fn what_is_wrong_with_an_axis_from_the_command_line_is_underlined() {
    let grid = "[sweep.grid]\nnetwork.latency.p50 = ['1ms']\n";
    for (sweep, set, message, text) in [
        ("network.loss", "", "`--sweep` needs a key and a value", "network.loss"),
        ("network.loss=0,,1", "", "`--sweep` lacks a value", ""),
        ("network.los=0", "", "unknown key `network.los`", "network.los"),
        ("run.seed=1,2", "", "`run.seed` cannot be swept", "run.seed"),
        ("network.loss=0,x", "", "`network.loss` must be a probability from 0 to 1", "x"),
        ("network.latency=1ms,2ms", "", "`network.latency` is swept twice", "network.latency"),
        ("network.loss={from=0,to=1}", "", "the range of `network.loss` lacks `step` or `points`", "{from=0,to=1}"),
        ("request.count=1,2", "request.count=3", "`request.count` is both set and swept", "request.count"),
    ] {
        let set = Some(set.to_owned()).filter(|set| !set.is_empty()).into_iter().collect();
        let adjustments = Adjustments { sweep: vec![sweep.to_owned()], set, ..Adjustments::default() };
        let found = adjusted(grid, &adjustments).unwrap_err();
        assert_eq!((found.len(), found.iter().next().unwrap().message()), (1, message), "{found}");
        assert!(text.is_empty() || underlined(&found) == text, "{found}");
    }
}
