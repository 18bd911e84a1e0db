//! Two runs beside each other: what became worse is found, what did not is not, and what cannot be compared is refused.

#[path = "common/binary.rs"]
mod binary;

use std::path::Path;

use binary::{donsim, results};
use donsim::scenario::RESULTS_VERSION;
use serde_json::Value;
use tempfile::tempdir;

fn scenario(name: &str, more: &str) -> String {
    format!(
        "schema = 1\nname = \"{name}\"\n[run]\nreplicates = 200\n[capability_don]\nnodes = 4\n[request]\npayload_size = \
         \"10B\"\n{more}[sweep.grid]\naggregator.rule_set = [\"identical\", \"attested\"]\n"
    )
}

fn compare(base: &Path, new: &Path, more: &[&str]) -> (i32, String) {
    let [base, new] = [base, new].map(|path| path.to_str().expect("it is text"));
    let said = donsim(Path::new("."), &[&["compare", base, new], more].concat());
    (said.code, format!("{}{}", said.stdout, said.stderr))
}

#[test]
fn a_run_equals_itself_and_regresses_with_the_network() {
    let folder = tempdir().expect("there is room");
    let base = results(folder.path(), "base", &scenario("base", ""), &[]);
    let (code, told) = compare(&base, &base, &[]);
    assert_eq!((code, told.as_str()), (0, "0 improved, 0 regressed, 16 without change, of 16 comparisons\n"));
    let lossy = results(folder.path(), "lossy", &scenario("lossy", "[network]\nloss = 0.3\n"), &[]);
    let (code, told) = compare(&base, &lossy, &["--json"]);
    assert_eq!(code, 1);
    let document: Value = serde_json::from_str(&told).expect("it is JSON");
    let all = document["comparisons"].as_array().expect("it lists them");
    let change = |rule_set: &str, metric: &str| {
        let is_it = |it: &&Value| it["axes"]["aggregator.rule_set"] == rule_set && it["metric"] == metric;
        all.iter().find(is_it).expect("it is compared")["change"].clone()
    };
    assert_eq!([change("attested", "accepted"), change("attested", "latency")], ["regressed", "regressed"]);
    assert_eq!(change("attested", "accepted_wrong"), "no change");
    // CI systems show each as a case, under its metric.
    let file = folder.path().join("compare.xml");
    let (code, _) = compare(&base, &lossy, &["--junit", file.to_str().expect("it is text")]);
    let cases = std::fs::read_to_string(&file).expect("it was written");
    assert!(code == 1 && cases.contains(r#"<testsuite name="compare" tests="16" "#), "{cases}");
    let case = r#"<testcase classname="donsim.compare.accepted" name="aggregator.rule_set = attested, accepted">"#;
    assert!(cases.contains(&format!("{case}\n      <failure message=\"regressed: 1.000 in the base, -0.")), "{cases}");
    let (code, told) = compare(&base, &lossy, &["--junit", "/dev/null/compare.xml"]);
    assert!(code == 2 && told.contains("cannot write /dev/null/compare.xml"), "{told}");
    // A page has every comparison, and asks for nothing.
    let file = folder.path().join("compare.html");
    let html = ["--html", file.to_str().expect("it is text")];
    assert_eq!(compare(&base, &lossy, &html), compare(&base, &lossy, &[]));
    let page = std::fs::read_to_string(&file).expect("it was written");
    assert_eq!(page.matches("<tr data-cell=").count(), 16);
    assert!(page.contains(">Regressed</strong>") && page.contains("<td>regressed</td>"), "{page}");
    assert!(!page.contains("src=") && !page.contains("href=\"http"), "{page}");
    assert_eq!(compare(&base, &lossy, &html).0, 1);
    assert_eq!(std::fs::read_to_string(&file).expect("it was written"), page);
    let (code, told) = compare(&base, &lossy, &["--html", "/dev/null/compare.html"]);
    assert!(code == 2 && told.contains("cannot write /dev/null/compare.html"), "{told}");
    shows_what_was_lost(&page, [&base, &lossy]);
    // Rows are read from gzip as well.
    let packed = results(folder.path(), "packed", &scenario("base", ""), &["--gzip"]);
    assert_eq!(compare(&base, &packed, &[]), compare(&base, &base, &[]));
    // The other way round what was lost is won, and bytes that were not sent are sent again.
    let (_, back) = compare(&lossy, &base, &["--markdown"]);
    assert!(back.starts_with("### donsim compare\n\n| ") && back.contains("| improved |"), "{back}");
    // What does not matter to anybody is no change.
    let (code, told) = compare(&base, &lossy, &["--least-rate", "1", "--least-share", "100"]);
    assert_eq!(code, 0, "{told}");
}

/// The page of a regression says what made both runs, in what they differ, and how the first request went that was lost.
fn shows_what_was_lost(page: &str, [base, lossy]: [&Path; 2]) {
    let places = [base, lossy].map(|folder| folder.display().to_string());
    for place in &places {
        let version = env!("CARGO_PKG_VERSION");
        let run =
            format!("<td><code>{place}</code></td><td>1</td><td>200</td><td>{version}</td><td>{RESULTS_VERSION}</td>");
        assert!(page.contains(&run), "{page}");
    }
    assert!(page.contains("<code>network.loss</code></th><td>0</td><td>0.3</td>"), "{page}");
    assert!(!page.contains("<code>network.latency"), "the same in both");
    // Of each cell one, drawn with both runs beside each other, and the commands that draw it give that request.
    assert_eq!((page.matches("<figure class=\"exhibit\"").count(), page.matches("Not drawn").count()), (2, 0));
    for place in places {
        let (_, rest) = page.split_once(&format!("donsim replay {place}/resolved.toml")).expect("the command is there");
        let options = rest.split_once(" --diagram").expect("it draws").0;
        let resolved = format!("{place}/resolved.toml");
        let words: Vec<&str> = options.split_whitespace().collect();
        let told = donsim(Path::new("."), &[&["replay", resolved.as_str()], &words[..]].concat()).stdout;
        let caller = words.last().expect("it names the caller");
        let ending = told.lines().find(|line| line.contains(&format!("request 0 at {caller}: "))).expect("it ends");
        assert_eq!(ending.contains(": accepted after "), !place.contains("lossy"), "{ending}");
    }
}

#[test]
fn what_this_donsim_would_not_make_again_is_not_drawn() {
    let folder = tempdir().expect("there is room");
    let base = results(folder.path(), "base", &scenario("base", ""), &[]);
    let lossy = results(folder.path(), "lossy", &scenario("lossy", "[network]\nloss = 0.3\n"), &[]);
    let page = |new: &Path| {
        let file = folder.path().join("page.html");
        assert_eq!(compare(&base, new, &["--html", file.to_str().expect("it is text")]).0, 1);
        std::fs::read_to_string(&file).expect("it was written")
    };
    let change = |file: &str, from: &str, to: &str| {
        let path = lossy.join(file);
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).expect("there is room");
    };
    // Rows of an aggregator that is not the one here: it failed where this one accepts.
    let rows = std::fs::read_to_string(lossy.join("runs.csv")).expect("it is there");
    change("runs.csv", ",accepted,", ",failed,");
    let other = page(&lossy);
    assert!(
        !other.contains("<figure class=\"exhibit\"") && other.contains("does not end so with this donsim"),
        "{other}"
    );
    std::fs::write(lossy.join("runs.csv"), rows).expect("there is room");
    change("resolved.toml", "loss = 0.3", "loss = 0.4");
    assert!(page(&lossy).contains("is not the scenario of that run"));
    let version = |version| format!("\"results_version\": {version}");
    change("manifest.json", &version(RESULTS_VERSION), &version(RESULTS_VERSION + 1));
    let other = page(&lossy);
    let why =
        format!("lossy has results version {}, and this donsim makes version {RESULTS_VERSION}", RESULTS_VERSION + 1);
    assert!(other.contains("Not drawn: ") && !other.contains("<figure class=\"exhibit\""), "{other}");
    assert!(other.contains(&why.replace("lossy", &lossy.display().to_string())), "{other}");
    std::fs::remove_file(lossy.join("manifest.json")).expect("it is there");
    let other = page(&lossy);
    assert!(other.contains("says no results version") && other.contains("<td>not said</td>"), "{other}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = tempdir().expect("there is room");
    let base = results(folder.path(), "base", &scenario("base", ""), &[]);
    let (code, told) = compare(&base, &folder.path().join("nowhere"), &[]);
    assert!(code == 2 && told.contains("nowhere/runs.csv") && told.contains("name two results folders"), "{told}");
    let other = "schema = 1\nname = \"other\"\n[run]\nreplicates = 5\n[capability_don]\nnodes = 4\n";
    let other = results(folder.path(), "other", other, &[]);
    let (code, told) = compare(&base, &other, &[]);
    assert!(code == 2 && told.contains("the runs sweep other axes"), "{told}");
    std::fs::write(other.join("runs.csv"), "cell,replicate\na,b\n").expect("there is room");
    let (code, told) = compare(&other, &other, &[]);
    assert!(code == 2 && told.contains("there is no column request"), "{told}");
}
