//! JUnit XML, as CI systems read it: of a run one case a check, one for safety, one for each fault that never acted.
//!
//! No times and no dates: equal runs give equal files. What is undecided is an `error`, for a case that is skipped or
//! passes would be green; what was not simulated is `skipped`, and the run itself says that it is incomplete.

use std::collections::BTreeSet;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::experiment::{Findings, Judgement, Ruling, idle_faults, is_violated};
use crate::scenario::{Scenario, escaped};
use crate::sim::Safety;

use super::expectations::{against, findings, judgement_line, judgement_title};

/// Cases that belong together, such as those of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    pub(super) name: String,
    pub(super) properties: Vec<(&'static str, String)>,
    pub(super) cases: Vec<Case>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// Subject of the check: the part of the class name behind the suite's.
    pub class: &'static str,
    pub name: String,
    pub outcome: Outcome,
    /// All that is known, also of what passes.
    pub text: String,
}

/// Outcome of a case, with a message for one that did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pass,
    Failure(String),
    Undecided(String),
    Skipped(String),
}

impl Suite {
    /// The cases of a run of `scenario`.
    pub fn new(scenario: &Scenario, found: &Findings) -> Self {
        let mut cases = vec![safety(scenario, found)];
        cases.extend(idle_faults(&found.summary).into_iter().map(|fault| Case {
            class: "faults",
            name: format!("{fault} acts"),
            outcome: Outcome::Undecided("it never acted".to_owned()),
            text: String::new(),
        }));
        cases.extend(found.summary.expectations.iter().map(|judgement| Case {
            class: "expect",
            name: judgement_title(judgement),
            outcome: match judgement.ruling {
                Ruling::Pass => Outcome::Pass,
                Ruling::Fail => Outcome::Failure(findings(judgement)),
                Ruling::Inconclusive => Outcome::Undecided(findings(judgement)),
            },
            text: format!("{}{}", judgement_line(judgement), see_why(judgement, found)),
        }));
        cases.extend(missing(scenario, found));
        let properties = vec![("id", found.summary.id.clone()), ("seed", scenario.run().seed.to_string())];
        Self { name: found.summary.name.clone(), properties, cases }
    }
}

/// The command that shows why a check failed, in the results folder.
fn see_why(judgement: &Judgement, found: &Findings) -> String {
    let witness = against(judgement, &found.witnesses).filter(|_| judgement.ruling == Ruling::Fail);
    let (Some(replicate), [cell, other @ ..]) = (witness, &judgement.cells[..]) else { return String::new() };
    let beside = other.first().map_or_else(String::new, |other| format!(" --beside {other} --diagram why.svg"));
    format!("; see why, in its folder: donsim replay resolved.toml --cell {cell} --replicate {replicate}{beside}")
}

impl Outcome {
    /// Its element, with type and message; all empty for what passed.
    fn form(&self) -> (&str, &str, &str) {
        match self {
            Self::Pass => ("", "", ""),
            Self::Failure(message) => ("failure", "fail", message),
            Self::Undecided(message) => ("error", "inconclusive", message),
            Self::Skipped(message) => ("skipped", "", message),
        }
    }
}

fn safety(scenario: &Scenario, found: &Findings) -> Case {
    let expected = scenario.safety();
    let violated = is_violated(&found.summary);
    let (name, failure) = match expected {
        Safety::Holds => ("no wrong response is accepted", "a wrong response was accepted, or workflow nodes disagree"),
        Safety::Violated => ("safety is violated, as the scenario expects", "there was no violation"),
    };
    let outcome = match (violated == (expected == Safety::Violated), expected) {
        // One violation is enough; that there is none takes all replicates.
        (false, Safety::Holds) => Outcome::Failure(failure.to_owned()),
        (true, Safety::Violated) => Outcome::Pass,
        _ if !found.is_complete() => Outcome::Skipped("not everything was simulated".to_owned()),
        (false, Safety::Violated) if scenario.is_partial() => Outcome::Skipped("not all cells are selected".to_owned()),
        (true, _) => Outcome::Pass,
        (false, _) => Outcome::Failure(failure.to_owned()),
    };
    Case { class: "safety", name: name.to_owned(), outcome, text: String::new() }
}

/// A case for every expectation of which some checks could not be made.
fn missing(scenario: &Scenario, found: &Findings) -> Vec<Case> {
    let made =
        |index: usize| found.summary.expectations.iter().filter(|judgement| judgement.expectation == index).count();
    let case = |(index, expectation): (usize, &crate::scenario::Expectation)| {
        let (checks, made) = (expectation.subjects.len() + expectation.unselected, made(index));
        (made < checks).then(|| Case {
            class: "expect",
            name: format!("{} in all cells", expectation.that),
            outcome: Outcome::Skipped(format!("{} of {checks} checks were not made", checks - made)),
            text: String::new(),
        })
    };
    scenario.expectations().iter().enumerate().filter_map(case).collect()
}

/// The document of some runs.
pub fn junit(suites: &[Suite]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut names = BTreeSet::new();
    writer
        .create_element("testsuites")
        .with_attribute(("name", "donsim"))
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| write_suite(writer, suite, &mut names)))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite, names: &mut BTreeSet<(String, String)>) -> io::Result<()> {
    let tests = suite.cases.len().to_string();
    let count = |tag| suite.cases.iter().filter(|case| case.outcome.form().0 == tag).count().to_string();
    let (failures, errors, skipped) = (count("failure"), count("error"), count("skipped"));
    let attributes = [
        ("name", suite.name.as_str()),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", &errors),
        ("skipped", &skipped),
    ];
    writer.create_element("testsuite").with_attributes(attributes).write_inner_content(|writer| {
        writer.create_element("properties").write_inner_content(|writer| {
            for (name, value) in &suite.properties {
                let property = writer.create_element("property");
                property.with_attributes([("name", *name), ("value", &*escaped(value))]).write_empty()?;
            }
            Ok(())
        })?;
        suite.cases.iter().try_for_each(|case| write_case(writer, suite, case, names))
    })?;
    Ok(())
}

fn write_case(
    writer: &mut Writer<Vec<u8>>,
    suite: &Suite,
    case: &Case,
    names: &mut BTreeSet<(String, String)>,
) -> io::Result<()> {
    let class = format!("donsim.{}.{}", suite.name, case.class);
    let name = unique(&class, &escaped(&case.name), names);
    let element = writer.create_element("testcase").with_attributes([("classname", &*class), ("name", &*name)]);
    let (tag, kind, message) = case.outcome.form();
    if tag.is_empty() && case.text.is_empty() {
        return element.write_empty().map(|_| ());
    }
    let (message, text) = (escaped(message), escaped(&case.text));
    element.write_inner_content(|writer| {
        match tag {
            "" => writer.create_element("system-out").write_text_content(BytesText::new(&text))?,
            "skipped" => writer.create_element(tag).with_attribute(("message", &*message)).write_empty()?,
            _ => {
                let element = writer.create_element(tag);
                let element = element.with_attributes([("message", &*message), ("type", kind)]);
                element.write_text_content(BytesText::new(if text.is_empty() { &message } else { &text }))?
            }
        };
        Ok(())
    })?;
    Ok(())
}

/// `name`, numbered when the class has it already: readers merge cases of one name.
fn unique(class: &str, name: &str, names: &mut BTreeSet<(String, String)>) -> String {
    let numbered = |number: u32| if number == 1 { name.to_owned() } else { format!("{name} #{number}") };
    let mut free = (1..).map(numbered).filter(|name| names.insert((class.to_owned(), name.clone())));
    free.next().unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn suite(cases: Vec<Case>) -> Suite {
        let properties = vec![("id", "3f9c1a7e".to_owned()), ("seed", "1".to_owned())];
        Suite { name: "demo".to_owned(), properties, cases }
    }

    #[test]
    fn every_outcome_has_its_form() {
        let case =
            |name: &str, outcome, text: &str| Case { class: "expect", name: name.into(), outcome, text: text.into() };
        let cases = vec![
            case("a < b & \"c\"", Outcome::Pass, "p <= 1"),
            case("same", Outcome::Failure("too \u{7} low".into()), "all of it"),
            case("same", Outcome::Undecided("never acted".into()), ""),
            case("same", Outcome::Skipped("not simulated".into()), ""),
            case("quiet", Outcome::Pass, ""),
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="donsim">
  <testsuite name="demo" tests="5" failures="1" errors="1" skipped="1">
    <properties>
      <property name="id" value="3f9c1a7e"/>
      <property name="seed" value="1"/>
    </properties>
    <testcase classname="donsim.demo.expect" name="a &lt; b &amp; &quot;c&quot;">
      <system-out>p &lt;= 1</system-out>
    </testcase>
    <testcase classname="donsim.demo.expect" name="same">
      <failure message="too \u0007 low" type="fail">all of it</failure>
    </testcase>
    <testcase classname="donsim.demo.expect" name="same #2">
      <error message="never acted" type="inconclusive">never acted</error>
    </testcase>
    <testcase classname="donsim.demo.expect" name="same #3">
      <skipped message="not simulated"/>
    </testcase>
    <testcase classname="donsim.demo.expect" name="quiet"/>
  </testsuite>
</testsuites>
"#;
        assert_eq!(String::from_utf8(junit(&[suite(cases)]).unwrap()).unwrap(), expected);
    }

    #[test]
    fn what_was_not_simulated_is_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.toml");
        std::fs::write(&path, "schema = 1\n[[expect]]\nthat = \"accepted >= 0.9\"\n").unwrap();
        let scenario = Scenario::load(&path, &[]).unwrap();
        let summary = crate::experiment::RunSummary {
            name: "demo".to_owned(),
            id: scenario.id().to_owned(),
            replicates: 1000,
            axes: Vec::new(),
            cells: Vec::new(),
            expectations: Vec::new(),
        };
        let found = Findings {
            summary,
            breaches: Vec::new(),
            panicked: Vec::new(),
            witnesses: BTreeMap::new(),
            disagreements: Vec::new(),
            done: 0,
            total: 1000,
        };
        let outcomes: Vec<_> = Suite::new(&scenario, &found).cases.into_iter().map(|case| case.outcome).collect();
        let skipped = |message: &str| Outcome::Skipped(message.to_owned());
        assert_eq!(outcomes, [skipped("not everything was simulated"), skipped("1 of 1 checks were not made")]);
    }

    #[test]
    fn names_are_unique_over_all_suites() {
        let case = Case { class: "safety", name: "x".into(), outcome: Outcome::Pass, text: String::new() };
        let text = String::from_utf8(junit(&[suite(vec![case.clone()]), suite(vec![case])]).unwrap()).unwrap();
        assert!(text.contains("name=\"x\"/>") && text.contains("name=\"x #2\"/>"), "{text}");
    }
}
