//! Diagnostics, as a reader of the terminal sees them.

use std::fs;
use std::path::Path;

use super::super::Diagnostic;
use super::*;

/// Checks the one finding in `text` letter by letter.
fn renders(text: &str, overrides: &[&str], expected: &str) {
    let found = load(text, overrides).expect_err(text);
    assert_eq!((found.len(), found.to_string().as_str()), (1, expected.trim_matches('\n')), "{found}");
}

#[test]
fn unknown_key_with_a_suggestion() {
    let text = "[capability_don]\nnods = 16\n";
    renders(
        text,
        &[],
        r"
error: unknown key `nods` in `capability_don`
 --> demo.toml:3:1
  |
3 | nods = 16
  | ^^^^ not known here
  |
  = help: did you mean `nodes`?
",
    );
}

#[test]
fn a_key_of_another_table() {
    let text = "[capability_don]\nloss = 0.1\n";
    renders(
        text,
        &[],
        r"
error: unknown key `loss` in `capability_don`
 --> demo.toml:3:1
  |
3 | loss = 0.1
  | ^^^^ not known here
  |
  = help: `loss` belongs to `[network]`
",
    );
}

#[test]
fn missing_unit() {
    let text = "[aggregator]\ntimeout = 40\n";
    renders(
        text,
        &[],
        r#"
error: `aggregator.timeout` lacks a unit
 --> demo.toml:3:11
  |
3 | timeout = 40
  |           ^^ a number alone
  |
  = help: write "40ms"; units: ns, us, ms, s, min, h
"#,
    );
}

#[test]
fn ambiguous_unit() {
    let text = "[network]\nbandwidth = \"100Mb/s\"\n";
    renders(
        text,
        &[],
        r#"
error: ambiguous unit `Mb/s` in `network.bandwidth`
 --> demo.toml:3:13
  |
3 | bandwidth = "100Mb/s"
  |             ^^^^^^^^^ which unit is meant?
  |
  = help: write "100Mbit/s" or "100MB/s"
"#,
    );
}

#[test]
fn wrong_type() {
    let text = "[capability_don]\nnodes = \"x\"\n";
    renders(
        text,
        &[],
        r#"
error: `capability_don.nodes` must be a whole number
 --> demo.toml:3:9
  |
3 | nodes = "x"
  |         ^^^ found the string "x"
  |
  = help: write a whole number
"#,
    );
}

#[test]
fn probability_out_of_range() {
    let text = "[network]\nloss = 5\n";
    renders(
        text,
        &[],
        r"
error: `network.loss` must be a probability from 0 to 1
 --> demo.toml:3:8
  |
3 | loss = 5
  |        ^ found the integer 5
  |
  = help: if 5 % is meant, write 0.05
",
    );
}

#[test]
fn too_few_nodes() {
    let text = "[capability_don]\nnodes = 12\nf = 5\n";
    renders(
        text,
        &[],
        r"
error: `capability_don`: N = 12 nodes cannot bear F = 5 Byzantine ones
 --> demo.toml:3:9
  |
3 | nodes = 12
  |         ^^ N >= 3F + 1 does not hold
  |
  = help: use 16 nodes at least, or f = 3 at most; `allow_infeasible = true` if this is meant
",
    );
}

#[test]
fn too_few_nodes_in_one_cell() {
    let text = "[capability_don]\nf = 2\n[sweep.grid]\ncapability_don.nodes = [6, 7]\n";
    renders(
        text,
        &[],
        r"
error: `capability_don`: N = 6 nodes cannot bear F = 2 Byzantine ones
 --> demo.toml:5:25
  |
5 | capability_don.nodes = [6, 7]
  |                         ^ N >= 3F + 1 does not hold
  |
  = note: in the cell capability_don.nodes = 6
  = help: use 7 nodes at least, or f = 1 at most; `allow_infeasible = true` if this is meant
",
    );
}

#[test]
fn unknown_fault() {
    let text = "[[faults.crsh]]\nnodes = 1\n";
    renders(
        text,
        &[],
        r"
error: unknown fault `crsh`
 --> demo.toml:2:10
  |
2 | [[faults.crsh]]
  |          ^^^^ not known here
  |
  = help: did you mean `crash`?
",
    );
}

#[test]
fn axes_of_unequal_length() {
    let text = "[sweep.zip]\nnetwork.loss = [0, 0.1]\nrequest.count = [1, 2, 3]\n";
    renders(
        text,
        &[],
        r"
error: axes of [sweep.zip] differ in length: `network.loss` has 2, `request.count` has 3
 --> demo.toml:4:1
  |
4 | request.count = [1, 2, 3]
  | ^^^^^^^^^^^^^ length 3
  |
  = help: zipped axes advance together; use [sweep.grid] for every combination
",
    );
}

#[test]
fn missing_parameter() {
    let text = "[network]\nlatency = { dist = \"lognormal\", p50 = \"40ms\" }\n";
    renders(
        text,
        &[],
        r#"
error: `network.latency` lacks `p99`
 --> demo.toml:3:11
  |
3 | latency = { dist = "lognormal", p50 = "40ms" }
  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs `p50` and `p99`
  |
  = help: add `p99 = …` to this table
"#,
    );
}

#[test]
fn round_is_not_simulated() {
    let text = "[capability_don]\nocr = \"round\"\n";
    renders(
        text,
        &[],
        r#"
error: OCR rounds are not simulated message by message in this version
 --> demo.toml:3:7
  |
3 | ocr = "round"
  |       ^^^^^^^ not yet available
  |
  = help: give the time that OCR takes as a distribution, for example "1.5s"
"#,
    );
}

#[test]
fn unknown_choice_in_an_override() {
    let text = "";
    renders(
        text,
        &["aggregator.rule_set=attestd"],
        r"
error: unknown value of `aggregator.rule_set`
 --> --set:1:21
  |
1 | aggregator.rule_set=attestd
  |                     ^^^^^^^ not known
  |
  = help: did you mean `attested`?
",
    );
}

#[test]
fn identical_cells() {
    let text = "[sweep.grid]\nnetwork.loss = [0, 0.0]\n";
    renders(
        text,
        &[],
        r"
error: cells 0 and 1 of the sweep are the same
 --> demo.toml:3:20
  |
3 | network.loss = [0, 0.0]
  |                    ^^^ repeats an earlier cell
  |
  = note: the other is network.loss = 0
  = note: in the cell network.loss = 0
  = help: every cell of a sweep must differ from all others; remove the repeated value
",
    );
}

#[test]
fn syntax() {
    let text = "[network\nloss = 1\n";
    renders(
        text,
        &[],
        r"
error: unclosed table, expected `]`
 --> demo.toml:2:9
  |
2 | [network
  |         ^ not valid TOML from here
  |
  = help: every key stands once, text stands in double quotes, and what is opened is closed
",
    );
}

/// Dotted keys of one table stand where they stand, not where the table is named first.
#[test]
fn dotted_keys_of_a_sweep_have_their_own_places() {
    let findings = errors("[sweep.grid]\nnetwork.lss = [1]\nnetwork.lsx = [1]\n");
    let places: Vec<_> = findings.iter().map(|finding| (finding.line(), finding.column())).collect();
    assert_eq!(places, [(Some(3), Some(1)), (Some(4), Some(9))]);
}

/// Checks that `text` has one finding, in this line and with these words.
fn finds_one(text: &str, line: usize, message: &str) {
    let found = errors(text);
    let first = found.iter().next().unwrap();
    assert!(first.message().contains(message) && found.len() == 1, "{text}\n{found}");
    assert!(first.line() == Some(line) && first.column().is_some(), "{text}\n{found}");
}

#[test]
fn one_finding_each() {
    for (text, line, message) in [
        ("[capability_don]\nnodes = 0", 3, "`capability_don.nodes` is zero"),
        ("[capability_don]\nnodes = 1001", 3, "out of range"),
        ("[capability_don]\nf = 16", 3, "leaves no honest node"),
        ("[capability_don]\npayload_holders = 17", 3, "17 payload holders, but only 16 nodes"),
        ("[capability_don]\npayload_holders = \"f+2\"", 3, "must be \"f+1\""),
        ("[capability_don]\npayload_holders = { agree = 0.5, dist = 1 }", 3, "unknown key `dist`"),
        ("[capability_don]\nallow_infeasible = 1", 3, "must be true or false"),
        ("[capability_don]\nexecution = \"lots\"", 3, "must be a duration"),
        ("[capability_don]\nexecution = -3", 3, "must be a duration"),
        ("[capability_don]\nexecution = { dist = \"gamma\" }", 3, "unknown distribution `gamma`"),
        ("[capability_don]\nexecution = { p50 = \"1s\" }", 3, "lacks `dist`"),
        ("[capability_don]\nexecution = { dist = \"uniform\", min = \"2s\", max = \"1s\" }", 3, "min is above max"),
        ("[capability_don]\nexecution = { dist = \"regions\", file = \"x\" }", 3, "unknown distribution `regions`"),
        ("[capability_don]\nocr = { dist = \"pareto\", min = \"1s\", alpha = nan }", 3, "positive number"),
        ("[capability_don]\nregions = [\"tokyo\"]", 3, "has no effect without a region matrix"),
        ("[workflow_don]\nneeded = 5", 3, "5 workflow nodes are needed"),
        ("[workflow_don]\nstart_skew = 50", 3, "lacks a unit"),
        ("[aggregator]\ntimeout = \"0s\"", 3, "is zero"),
        ("[aggregator]\nmin_responses = 5", 3, "does not fit N = 16 and F = 5"),
        ("[aggregator]\nrule_set = 3", 3, "must be one of"),
        ("[request]\npayload_size = \"17MiB\"", 3, "out of range"),
        ("[request]\npayload_size = \"40mb\"", 3, "ambiguous unit `mb`"),
        ("[request]\ndelta_stage = \"0.5ns\"", 3, "too fine"),
        ("[request]\ndelta_stage = \"9999999h\"", 3, "too large"),
        ("[request]\ncount = 10001", 3, "out of range"),
        ("[run]\nreplicates = 99999999999999999999999999999999999999999999", 3, "out of range"),
        ("[run]\nseed = -1", 3, "out of range"),
        ("[network]\nloss = nan", 3, "must be a probability"),
        ("[network]\nbandwidth = \"0bit/s\"", 3, "is zero"),
        ("[network]\nlatency = { dist = \"empirical\", file = \"nowhere\" }", 3, "cannot use the file `nowhere`"),
        ("[[network.cuts]]\nfrom = [\"workflow.4\"]\nto = [\"capability\"]", 3, "selects workflow node 4"),
        ("[[network.partitions]]\nnodes = []", 3, "selects no node"),
        ("[[network.partitions]]\nnodes = [\"capability.4-2\"]", 3, "unknown node selector"),
        ("network = 3", 2, "`network` must be a table"),
        ("name = \"..\"", 2, "cannot be a folder's name"),
        ("[[expect]]\nthat = 1", 3, "`expect.that` must be a string"),
        ("[safety]\nexpect = \"violate\"", 3, "unknown value"),
        ("[sweep]\nwhere = \"x\"", 3, "unknown key `where` in `sweep`"),
        ("[sweep.grid]\nrun.seed = [1, 2]", 3, "cannot be swept"),
        ("[sweep.grid]\nnetwork.los = [1, 2]", 3, "unknown key `network.los`"),
        ("[sweep.grid]\nnetwork.loss = []", 3, "at least one value"),
        ("[sweep.grid]\nnetwork.loss = 0.5", 3, "an axis is an array"),
        ("[sweep.grid]\nnetwork.loss = [0, 2]", 3, "must be a probability"),
        ("[sweep.grid]\nnetwork.latency.p5 = [0, 2]", 3, "unknown parameter `p5`"),
        ("[sweep.grid]\nnetwork.loss = [0]\n\"network.loss\" = [1]", 4, "is swept twice"),
        ("[sweep.grid]\nfaults.crash.nodes = [0]", 3, "leads to no single `faults.crash`"),
        ("[sweep.zip]\nnetwork.loss = [0]\n[sweep.grid]\n\"network.loss\" = [1]", 5, "is swept twice"),
    ] {
        finds_one(text, line, message);
    }
}

#[test]
fn one_finding_each_about_faults() {
    for (text, line, message) in [
        ("[[faults.crash]]\nholders = 0", 2, "`faults.crash.nodes` is missing"),
        ("[[faults.crash]]\nnodes = 17", 3, "17 faulty capability nodes"),
        ("[[faults.crash]]\nnodes = 1\nholders = 2", 4, "2 holders among 1 faulty nodes"),
        ("[[faults.crash]]\nnodes = 1\nstart = \"2s\"\nend = \"2s\"", 5, "ends at 2s, but starts at 2s"),
        ("[[faults.error_spam]]\nnodes = 1\ntext = \"\"", 4, "is empty"),
        ("[[faults.crash]]\nnodes = 9\n[[faults.silent]]\nnodes = 8", 5, "17 faulty capability nodes"),
        ("[[faults.crash]]\nnodes = 17\noverlap = true", 3, "17 faulty capability nodes"),
        ("[[faults.crash]]\nnodes = 1\ntargets = 1", 4, "unknown key `targets`"),
        ("[[faults.silent]]\nnodes = 1\ntargets = 5", 4, "5 targets, but only 4 workflow nodes"),
        ("[[faults.caller_silent]]\nnodes = 1\ntargets = 17", 4, "17 targets, but only 16 capability nodes"),
        ("[[faults.caller_silent]]\nnodes = 1\nholders = 1", 4, "unknown key `holders`"),
        ("[[faults.caller_silent]]\nnodes = 4", 3, "4 faulty workflow nodes of 4 leave no honest one"),
        ("[[faults.caller_flood]]\nnodes = 2\n[[faults.caller_silent]]\nnodes = 3", 5, "5 faulty workflow nodes"),
        ("[[faults.hidden_pna]]\nnodes = 1\ntext = \"no\"", 4, "no payload-not-available text"),
        ("[[faults.tampered_fields]]\nnodes = 1\nfield = \"gas\"", 4, "unknown value"),
        ("[[faults.duplicate_answers]]\nnodes = 1\ncopies = 1", 4, "out of range"),
        ("[faults.crash]\nnodes = 1", 2, "may be there several times"),
    ] {
        finds_one(text, line, message);
    }
}

#[test]
fn everything_is_reported_at_once_and_in_order() {
    let text = "nme = 1\n[run]\nsed = 1\n[capability_don]\nnodes = 3\nf = 1\n[network]\nloss = 2\n\
                [sweep.grid]\nrequest.payload_size = [1, \"1KiB\", \"2 kb\"]\n";
    let found = load(text, &["network.frame=x", "nonsense"]).unwrap_err();
    let lines: Vec<_> = found.iter().map(|finding| finding.line().unwrap()).collect();
    assert_eq!(lines, [2, 4, 6, 9, 11, 11, 1, 1], "{found}");
}

#[test]
fn an_override_without_effect_is_refused() {
    let text = "[sweep.grid]\nnetwork.latency = [\"1ms\", \"2ms\"]";
    let found = load(text, &["network.latency.p50=3ms"]).unwrap_err();
    let message = found.iter().next().map(Diagnostic::message);
    assert_eq!(message, Some("`network.latency.p50` cannot be set while `network.latency` is swept"));
}

/// Nesting costs no stack: the parser's limit is reported like any other syntax error.
#[test]
fn deep_nesting_is_a_finding() {
    for text in [
        "a.".repeat(50_000) + "a = 1",
        "a = ".to_string() + &"[".repeat(50_000),
        "[".to_string() + &"a.".repeat(50_000) + "a]",
    ] {
        assert!(errors(&text).len() > 0);
    }
}

#[test]
fn a_refused_value_causes_no_second_finding() {
    assert_eq!(errors("[capability_don]\nnodes = \"40\"\nf = 100\nallow_infeasible = true").len(), 1);
    assert_eq!(errors("[sweep.grid]\ncapability_don.nodes = [\"x\"]\ncapability_don.f = [900]").len(), 1);
}

#[test]
fn schema_is_required_and_known() {
    let parse = |text: &str| Scenario::parse(Path::new("demo.toml"), text.into(), &[]).unwrap_err();
    let missing = parse("");
    assert_eq!(missing.iter().next().unwrap().message(), "`schema` is missing");
    assert_eq!(missing.iter().next().unwrap().suggestion(), Some("begin the file with `schema = 1`"));
    assert_eq!(parse("schema = 2").iter().next().unwrap().message(), "`schema` is out of range");
}

#[test]
fn a_sweep_that_explodes_is_refused() {
    let axis =
        |key: &str| format!("{key} = [{}]\n", (0..900).map(|i| format!("0.0{i}1")).collect::<Vec<_>>().join(","));
    let text = format!("[sweep.grid]\n{}{}", axis("network.loss"), axis("network.duplication"));
    assert!(errors(&text).to_string().contains("too many cells: 900 x 900"));
}

#[test]
fn files_are_blamed_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("trace.txt", "1ms\n2\n");
    write("rtt.csv", "from,a,b\na,2,10\nb,11,2\n");
    write(
        "demo.toml",
        "schema = 1\n[capability_don]\nexecution = { dist = \"empirical\", file = \"trace.txt\" }\nregions = [\"a\", \"bb\"]\n\
         [network]\nlatency = { dist = \"regions\", file = \"rtt.csv\" }\n",
    );
    let found = Scenario::load(&folder.path().join("demo.toml"), &[]).unwrap_err();
    let messages: Vec<_> = found.iter().map(|finding| (finding.line(), finding.message())).collect();
    let trace = "cannot use the file `trace.txt`: line 2: `2` lacks a unit: write `12.5ms`, or a first line such as `latency_ms`";
    let missing = "`workflow_don.regions` is missing, but the latency comes from a region matrix";
    assert_eq!(messages, [(Some(3), trace), (Some(4), "unknown region `bb`"), (Some(6), missing)]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let load = |path: &Path| Scenario::load(path, &[]).unwrap_err();
    for (name, bytes, words) in [
        ("nowhere.toml", None, "check the path"),
        ("", None, "is a directory"),
        ("latin.toml", Some(&b"schema = 1\nname = \"\xe9\""[..]), "not UTF-8 text from line 2, column 9 on"),
    ] {
        let path = folder.path().join(name);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).unwrap();
        }
        let found = load(&path);
        assert!(found.len() == 1 && found.to_string().contains(words), "{found}");
        assert!(found.to_string().contains(&path.display().to_string()), "{found}");
    }
    let odd = folder.path().join("my scenario.toml");
    fs::write(&odd, "schema = 1").unwrap();
    assert!(load(&odd).to_string().contains("add `name"));
    assert!(Scenario::load(&odd, &["name=mine".into()]).is_ok());
}

#[test]
fn colours_are_there_when_asked_for() {
    let found = errors("[network]\nloss = 2");
    assert!(found.render(true).contains("\u{1b}["));
    assert!(!found.render(false).contains('\u{1b}'));
}

/// Whatever is torn off or torn out of a scenario, there is an answer.
#[test]
fn damaged_texts_never_panic() {
    let text = include_str!("../../../scenarios/wan.toml");
    let boundaries: Vec<_> = text.char_indices().map(|(index, _)| index).step_by(13).collect();
    for window in boundaries.windows(2) {
        let torn = format!("{}{}", &text[..window[0]], &text[window[1]..]);
        for text in [torn, text[..window[0]].to_string()] {
            if let Err(found) = Scenario::parse(Path::new("scenarios/wan.toml"), text, &[]) {
                assert!(!found.render(false).is_empty());
            }
        }
    }
}
