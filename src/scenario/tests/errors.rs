//! Diagnostics, as a reader of the terminal sees them.

#[path = "../../../tests/common/catalogue.rs"]
#[expect(dead_code, reason = "what is said is compared where donsim runs as a whole")]
mod catalogue;

use std::fs;
use std::path::{Path, PathBuf};

use super::super::diagnostics::origins;
use super::super::{Adjustments, Diagnostic, Objection};
use super::*;

/// Every place in this room that makes a finding is reached by an entry of the catalogue, whose texts `tests/errors.rs`
/// compares letter by letter.
#[test]
fn every_finding_is_in_the_catalogue() {
    origins::take();
    let folder = tempfile::tempdir().unwrap();
    for entry in catalogue::pages().iter().flat_map(|page| catalogue::entries(page)) {
        entry.lay_out(folder.path());
        let values = |option: &str| {
            let pairs = entry.args.windows(2).filter(|pair| pair[0] == option);
            pairs.map(|pair| pair[1].clone()).collect::<Vec<_>>()
        };
        let adjustments = Adjustments {
            set: values("--set"),
            sweep: values("--sweep"),
            filter: values("--filter"),
            cells: values("--cell"),
        };
        for file in entry.args.iter().skip(1).take_while(|arg| !arg.starts_with('-')) {
            if let Ok(scenario) = Scenario::load_adjusted(&folder.path().join(file), &adjustments) {
                object(&scenario);
            }
        }
    }
    // What is no text cannot stand on a page.
    fs::write(folder.path().join("latin.toml"), b"name = \"\xe9\"").unwrap();
    assert!(Scenario::load(&folder.path().join("latin.toml"), &[]).is_err());
    let reached = origins::take();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario");
    let (mut places, mut missing) = (0, Vec::new());
    for (file, line, text) in findings_in(&source) {
        places += 1;
        if !reached.iter().any(|(reached, at)| *at == line && file.ends_with(reached)) {
            missing.push(format!("{}:{line}: {}", file.display(), text.trim()));
        }
    }
    let help =
        "show it on a page of tests/fixtures/errors: a title, a scenario, a command; DONSIM_RENEW=1 does the rest";
    assert!(missing.is_empty(), "{help}\n{}", missing.join("\n"));
    assert!(places > 50, "{places}");
}

/// What those who know statistics say against an expectation.
fn object(scenario: &Scenario) {
    let objection = Objection {
        expectation: 0,
        message: "it cannot pass".into(),
        label: String::new(),
        notes: Vec::new(),
        help: String::new(),
    };
    assert!(scenario.expectations().is_empty() || scenario.object(&[objection]).len() == 1);
}

/// File, line and text of everything below `folder` that makes a finding, but for tests.
fn findings_in(folder: &Path) -> Vec<(PathBuf, u32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(findings_in(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let lines = code.lines().enumerate().filter(|(_, line)| line.contains("Diagnostic::new("));
            found.extend(lines.map(|(index, line)| (path.clone(), index as u32 + 1, line.to_owned())));
        }
    }
    found
}

/// Dotted keys of one table stand where they stand, not where the table is named first.
#[test]
fn dotted_keys_of_a_sweep_have_their_own_places() {
    let findings = errors("[sweep.grid]\nnetwork.lss = [1]\nnetwork.lsx = [1]\n");
    let places: Vec<_> = findings.iter().map(|finding| (finding.line(), finding.column())).collect();
    assert_eq!(places, [(Some(3), Some(1)), (Some(4), Some(9))]);
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
    assert_eq!(parse("schema = 2").iter().next().unwrap().message(), "`schema` is of an unknown version");
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
