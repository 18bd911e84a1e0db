//! `[[expect]]`: what is read, which cells it is about, and what is said against it.

use super::super::{Direction, Expectation, Metric, Subject};
use super::*;

const SWEEP: &str =
    "[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\nnetwork.loss = [0, 0.05, 0.1]\n";

/// One expectation on the cells of [`SWEEP`]; `keys` are those of its table.
fn expect(keys: &str) -> Expectation {
    plan(&format!("[[expect]]\n{keys}\n{SWEEP}")).expectations()[0].clone()
}

/// The finding on one expectation: message, offending text, help.
fn finding(keys: &str) -> (String, String, String) {
    let text = format!("[[expect]]\n{keys}\n{SWEEP}");
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found}");
    let item = found.iter().next().unwrap();
    let rendered = found.to_string();
    // The carets underline the offending text in the line above them.
    let lines: Vec<_> = rendered.lines().collect();
    let carets = lines.iter().position(|line| line.contains('^')).unwrap();
    let range = lines[carets].find('^').unwrap()..=lines[carets].rfind('^').unwrap();
    let help = item.suggestion().unwrap_or_default().to_owned();
    (item.message().to_owned(), lines[carets - 1].get(range).unwrap_or_default().to_owned(), help)
}

fn cells_of(expectation: &Expectation) -> Vec<(u64, Option<u64>)> {
    let cells = |subject: &Subject| match *subject {
        Subject::Cell(cell) => (cell, None),
        Subject::Difference { of, minus } => (of, Some(minus)),
    };
    expectation.subjects.iter().map(cells).collect()
}

#[test]
fn bounds_are_read_with_their_units() {
    use Direction::{AtLeast, AtMost};
    for (that, metric, direction, threshold) in [
        ("rate(accepted) >= 0.999", Metric::Accepted, AtLeast, 0.999),
        ("accepted>=99.9%", Metric::Accepted, AtLeast, 0.999),
        (" rate( failed )<= 0", Metric::Failed, AtMost, 0.0),
        ("p50 <= 2s", Metric::LatencyP50, AtMost, 2_000.0),
        ("p99 <= '1.5 s'", Metric::LatencyP99, AtMost, 1_500.0),
        ("latency_p90 <= 1500us", Metric::LatencyP90, AtMost, 1.5),
        ("response_bytes <= 64KiB", Metric::ResponseBytes, AtMost, 65_536.0),
        ("total_bytes >= 200KB", Metric::TotalBytes, AtLeast, 200_000.0),
        ("signatures_verified <= 30.5", Metric::SignaturesVerified, AtMost, 30.5),
        ("accepted[attested] - accepted[identical] >= -1%", Metric::Accepted, AtLeast, -0.01),
        ("rate(failed) <= 1e-9", Metric::Failed, AtMost, 1e-9),
        ("failed <= 25E-7%", Metric::Failed, AtMost, 2.5e-8),
        ("signatures_verified <= 1.5e+3", Metric::SignaturesVerified, AtMost, 1_500.0),
    ] {
        let found = expect(&format!("that = \"{that}\""));
        assert_eq!((found.metric, found.direction, found.threshold), (metric, direction, threshold), "{that}");
        assert_eq!((found.that.as_str(), found.confidence, found.line), (that, 0.95, Some(3)));
    }
}

#[test]
fn where_and_brackets_choose_cells() {
    // Cells 0 to 2 are identical, 3 to 5 attested, each with losses 0, 0.05 and 0.1.
    let one = |cells: &[u64]| cells.iter().map(|cell| (*cell, None)).collect::<Vec<_>>();
    for (condition, cells) in [
        ("network.loss <= 0.05", vec![0, 1, 3, 4]),
        ("network.loss > 0.050 and aggregator.rule_set == \"attested\"", vec![5]),
        ("aggregator.rule_set != attested  and network.response.loss>=0.05", vec![1, 2]),
        ("capability_don.nodes == 16 and network.loss < 0.05", vec![0, 3]),
        ("capability_don.payload_holders == f+1 and capability_don.f >= 5 and network.loss == 0", vec![0, 3]),
        ("aggregator.timeout > 9999ms and request.payload_size <= 1024B", vec![0, 1, 2, 3, 4, 5]),
        ("network.uplink != '1Gbit/s' and network.loss == 0.1", vec![2, 5]),
    ] {
        let found = expect(&format!("that = 'accepted >= 0.9'\nwhere = '''{condition}'''"));
        assert_eq!(cells_of(&found), one(&cells), "{condition}");
    }
    for (that, cells) in [
        ("accepted[attested] >= 0.9", one(&[3, 4, 5])),
        ("accepted[0.10] >= 0.9", one(&[2, 5])),
        ("accepted[network.loss = 0, aggregator.rule_set='attested'] >= 0.9", one(&[3])),
        ("accepted[attested] - accepted[identical] >= 0.1", vec![(3, Some(0)), (4, Some(1)), (5, Some(2))]),
        ("served[0] - served[0.1] >= 0.1", vec![(0, Some(2)), (3, Some(5))]),
        (
            "accepted[attested, 0] - accepted[network.loss=0.1, aggregator.rule_set=identical] >= 0.1",
            vec![(3, Some(2))],
        ),
    ] {
        assert_eq!(cells_of(&expect(&format!("that = \"{that}\""))), cells, "{that}");
    }
    let filtered = expect("that = 'accepted[attested] - accepted[identical] >= 0.1'\nwhere = 'network.loss > 0'");
    assert_eq!(cells_of(&filtered), [(4, Some(1)), (5, Some(2))]);
}

#[test]
fn axes_that_advance_together_are_named_together() {
    let zip = "[sweep.zip]\naggregator.rule_set = [\"identical\", \"attested\"]\nnetwork.loss = [0, 0.1]\n";
    let pairs = |that: &str| load(&format!("[[expect]]\nthat = \"{that}\"\n{zip}"), &[]);
    let found = pairs("accepted[attested, 0.1] - accepted[identical, 0] >= 0.1").unwrap();
    assert_eq!(cells_of(&found.expectations()[0]), [(1, Some(0))]);
    let error = pairs("accepted[attested] - accepted[identical] >= 0.1").unwrap_err().to_string();
    assert!(error.contains("matches no cell") && error.contains("name all axes that advance together"), "{error}");
}

/// Keys, message, offending text and help of a finding; an empty message or help may be any.
type Wrong = (&'static str, &'static str, &'static str, &'static str);

const WRONG_THAT: &[Wrong] = &[
    ("that = 'acepted >= 0.9'", "unknown metric `acepted`", "acepted", "did you mean `accepted`?"),
    ("that = 'rate(p99) <= 1'", "`latency_p99` is no rate", "p99", "write `p99` without `rate`"),
    ("that = 'p99 <= 3'", "`latency_p99` lacks a unit", "3", "write \"3ms\"; units: ns, us, ms, s, min, h"),
    ("that = 'accepted >= 99.9'", "a rate is from 0 to 1", "99.9", "if 99.9 % is meant, write `99.9%`"),
    ("that = 'accepted >= -0.1'", "a rate is from 0 to 1", "-0.1", ""),
    ("that = \"accepted[0] - failed[0.1] >= 0\"", "a difference is of one metric in two cells", "failed[0.1]", ""),
    (
        "that = 'p50[0] - p50[0.1] <= 1s'",
        "`latency_p50` cannot be subtracted",
        "p50[0]",
        "only rates can, such as `accepted`; compare each cell with a bound of its own",
    ),
    (
        "that = 'accepted[0] - accepted[attested] >= 0'",
        "the brackets of a difference name different axes",
        "0] - accepted[attested",
        "name the same axes in both, each with its value",
    ),
    ("that = 'accepted[0] - accepted[0.0] >= 0'", "a difference is of two cells", "0] - accepted[0.0", ""),
    ("that = 'accepted[atested] >= 0'", "no axis has the value `atested`", "atested", "did you mean `attested`?"),
    ("that = 'accepted[loss=0] >= 0'", "`loss` is no axis", "loss", "did you mean `network.loss`?"),
    (
        "that = 'accepted[network.loss=0.2] >= 0'",
        "the axis `network.loss` has no value `0.2`",
        "0.2",
        "its values are `0`, `0.05`, `0.1`",
    ),
    ("that = 'accepted[0, 0.1] >= 0'", "`network.loss` has two values in one bracket", "0.1", ""),
    ("that = 'accepted[0 >= 0'", "", "0 >= 0", ""),
    ("that = 'accepted'", "", "d", ""),
    ("that = 'accepted >='", "", "=", ""),
    ("that = 'accepted is fine'", "", "is", ""),
    ("that = 'accepted == 1'", "expectations do not know `==`", "==", "write `>=` or `<=`"),
];

const WRONG_WHERE: &[Wrong] = &[
    (
        "that = 'accepted >= 0'\nwhere = 'network.los == 0'",
        "unknown key `network.los`",
        "network.los",
        "did you mean `network.loss`?",
    ),
    ("that = 'accepted >= 0'\nwhere = 'network.loss = 0'", "", "= 0", ""),
    ("that = 'accepted >= 0'\nwhere = 'run.seed == 1'", "`run.seed` does not tell cells apart", "run.seed", ""),
    (
        "that = 'accepted >= 0'\nwhere = 'network.latency.p5 > 1ms'",
        "`network.latency.p5` is no parameter to compare",
        "network.latency.p5",
        "did you mean `p50`?",
    ),
    (
        "that = 'accepted >= 0'\nwhere = 'aggregator.rule_set < attested'",
        "`aggregator.rule_set` has no order",
        "aggregator.rule_set < attested",
        "compare it with `==` or `!=`",
    ),
    (
        "that = 'accepted >= 0'\nwhere = 'network.loss > 0.1'",
        "the expectation matches no cell",
        "network.loss > 0.1",
        "`donsim plan` lists the cells; drop the expectation if none is meant",
    ),
    (
        "that = 'accepted >= 0'\nconfidence = 1",
        "`expect.confidence` must be from 0.5 to below 1, such as 0.95",
        "1",
        "",
    ),
];

#[test]
fn what_is_wrong_is_underlined() {
    for (keys, message, underlined, help) in WRONG_THAT.iter().chain(WRONG_WHERE) {
        let (got_message, got_underlined, got_help) = finding(keys);
        assert_eq!(got_underlined, *underlined, "{keys}: {got_message}");
        assert!(message.is_empty() || *message == got_message, "{keys}: {got_message}");
        assert!(help.is_empty() || *help == got_help, "{keys}: {got_help}");
    }
}

#[test]
fn expectations_are_the_same_in_every_cell() {
    let swept = "[[expect]]\nthat = \"accepted >= 0.9\"\n[sweep.grid]\nexpect.confidence = [0.9, 0.99]";
    assert!(errors(swept).to_string().contains("`expect.confidence` cannot be swept"));
    assert!(errors("[[expects]]\nthat = \"accepted >= 0.9\"").to_string().contains("did you mean `expect`?"));
}

#[test]
fn findings_point_into_the_string() {
    let text = "[[expect]]\nthat = \"accepted >= 0.9\"\nwhere = \"network.loss == \\\"lots\\\" and x == 1\"\n";
    let expected = r#"
error: `network.loss` must be a probability from 0 to 1
 --> demo.toml:4:26
  |
4 | where = "network.loss == \"lots\" and x == 1"
  |                          ^^^^^^^^ found the string "lots"
  |
  = help: write a number such as 0.05

error: unknown key `x`
 --> demo.toml:4:39
  |
4 | where = "network.loss == \"lots\" and x == 1"
  |                                       ^ not a key of any table
  |
  = help: a key goes by its table and its name, such as `network.loss`
"#;
    assert_eq!(errors(text).to_string(), expected.trim_matches('\n'));
}

#[test]
fn several_axes_with_one_value_are_told_apart() {
    let text = "[[expect]]\nthat = \"accepted[0.1] >= 0.5\"\n\
                [sweep.grid]\nnetwork.loss = [0, 0.1]\nnetwork.duplication = [0, 0.1]\n";
    let expected = "
error: several axes have the value `0.1`
 --> demo.toml:3:18
  |
3 | that = \"accepted[0.1] >= 0.5\"
  |                  ^^^ ambiguous
  |
  = help: write `network.loss=0.1` or `network.duplication=0.1`
";
    assert_eq!(errors(text).to_string(), expected.trim_matches('\n'));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let text = "[network]\nloss = 5\n[[expect]]\nthat = \"acepted >= 1\"\n[[expect]]\nthat = \"p99 <= 1\"\nwhere = \"x\"\n\
                [sweep.grid]\nrequest.count = [1, 0]\n";
    assert_eq!(errors(text).len(), 5, "{}", errors(text));
    let no_plan = "[[expect]]\nthat = \"acepted >= 1\"\n[sweep.zip]\nnetwork.loss = [0]\nrequest.count = [1, 2]\n";
    assert_eq!(errors(no_plan).len(), 2);
    assert_eq!(errors("[[expect]]\nconfidence = 0.9").len(), 1);
}

#[test]
fn ids_do_not_depend_on_expectations_and_resolved_keeps_them() {
    let expected = plan(&format!("[[expect]]\nthat = \"accepted >= 0.9\"\nwhere = 'network.loss == 0'\n{SWEEP}"));
    let plain = plan(SWEEP);
    assert_eq!(expected.id(), plain.id());
    assert!((0..6).all(|index| expected.cell(index).id == plain.cell(index).id));
    let text = expected.resolved().replacen("schema = 1", "", 1);
    let again = plan(&text);
    let bare = |scenario: &Scenario| {
        let Expectation { that, condition, subjects, confidence, .. } = scenario.expectations()[0].clone();
        (that, condition, subjects, confidence)
    };
    assert_eq!((bare(&again), again.id()), (bare(&expected), expected.id()));
}

#[test]
fn overrides_reach_expectations() {
    let text = "[[expect]]\nthat = \"accepted >= 0.9\"\n";
    let scenario = load(text, &["expect.that=p99 <= 2s", "expect.confidence=0.99"]).unwrap();
    let found = &scenario.expectations()[0];
    assert_eq!((found.metric, found.confidence, found.line), (Metric::LatencyP99, 0.99, None));
    let error = load(text, &["expect.that=p98 <= 2s"]).unwrap_err().to_string();
    assert!(error.contains("--set:1:13"), "{error}");
}
