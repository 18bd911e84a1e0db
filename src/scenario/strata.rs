//! Checks of `run.strata`: what is left to chance there, and that the law of its numbers is the one that strata rest on.

use super::diagnostics::Diagnostic;
use super::settings::{Group, Settings, Slot, blame, sound};
use crate::sim::{Answers, FAULTS, FaultyNodes, ResponseStrategy, is_chance};

/// Strata of a cell at most.
const MOST_STRATA: u64 = 10_000;

/// All that is wrong with the strata of a cell with these faults of capability nodes.
pub(super) fn check(settings: &Settings, faults: &[&Group]) -> Vec<Diagnostic> {
    let [run, response] = ["run", "network.response"].map(|path| settings.group(path));
    let dons = ["capability_don", "workflow_don"].map(|path| settings.group(path));
    let nodes = faults.iter().chain(&dons).map(|group| group.slot("nodes"));
    let slots: Vec<&Slot> = nodes.chain([run.slot("strata"), response.slot("loss")]).collect();
    if !run.get::<bool>("strata") || !sound(&slots) {
        return Vec::new();
    }
    let by_chance = faults.iter().filter(|group| is_by_chance(group)).count();
    let loses = is_chance(response.get("loss"));
    let mut findings = if loses { several_answers(settings) } else { Vec::new() };
    findings.extend(number(run, dons.map(|don| don.get::<u64>("nodes")), by_chance, loses));
    findings
}

/// Whether nodes have a fault with a probability, instead of a number of them.
pub(super) fn is_by_chance(group: &Group) -> bool {
    matches!(group.get("nodes"), FaultyNodes::Each(_))
}

/// Strata of nothing, or of more than there are replicates.
fn number(run: &Group, [callees, callers]: [u64; 2], by_chance: usize, loses: bool) -> Option<Diagnostic> {
    let slots = [run.slot("strata")];
    if by_chance == 0 && !loses {
        let message = "`run.strata`: no number of faulty nodes or lost answers is left to chance".to_owned();
        return Some(blame(run, &slots, message).label("nothing to make strata of").help(
            "give a fault `nodes = { each = probability }`, or `network.response.loss` a value between 0 and 1; requests \
             that get lost, holders that agree and all other chances make no strata",
        ));
    }
    let (of_losses, replicates) = (if loses { callees * callers + 1 } else { 1 }, run.get::<u64>("replicates"));
    let strata = (0..by_chance).fold(of_losses, |strata, _| strata.saturating_mul(callees + 1));
    (strata > replicates || strata > MOST_STRATA).then(|| {
        let message = format!("`run.strata`: up to {strata} strata, but only {replicates} replicates");
        let finding = blame(run, &slots, message).label(match (by_chance, loses) {
            (_, false) => "every number of faulty nodes is one",
            (0, true) => "every number of lost answers is one",
            (_, true) => "every number of faulty nodes, with every number of lost answers, is one",
        });
        finding.help(if strata > MOST_STRATA {
            format!("use fewer nodes, or fewer faults with a probability: at most {MOST_STRATA} strata are possible")
        } else {
            format!("use `run.replicates = {strata}` at least, rather a hundred times as many")
        })
    })
}

/// Whatever may make more than one answer of a capability node to a workflow node: strata count one.
fn several_answers(settings: &Settings) -> Vec<Diagnostic> {
    let finding = |group: &Group, slots: &[&Slot], what: &str, help: &str| {
        let message = format!("`run.strata`: {what}, so a node may send a workflow node several answers");
        let finding = blame(group, slots, message).label("strata of lost answers count one on every link");
        finding.help(format!("{help}, or leave `run.strata` out"))
    };
    let mut findings = Vec::new();
    let request = settings.group("request");
    let requests: u64 = request.get("count");
    if requests > 1 {
        let what = format!("there are {requests} requests");
        findings.push(finding(request, &[request.slot("count")], &what, "use `request.count = 1`"));
    }
    let don = settings.group("capability_don");
    if don.get::<ResponseStrategy>("response_strategy") != ResponseStrategy::default() {
        let slots = [don.slot("response_strategy")];
        findings.push(finding(don, &slots, "not every holder answers at once", "use `response_strategy = \"all\"`"));
    }
    let (network, link) = (settings.group("network"), settings.group("network.request"));
    if link.get::<f64>("duplication") > 0.0 {
        let slots = [link.slot("duplication"), network.slot("duplication")];
        let help = "use `network.request.duplication = 0`";
        findings.push(finding(network, &slots, "requests may arrive twice", help));
    }
    let repeats = |group: &&Group| {
        let name = group.section.path.strip_prefix("faults.");
        FAULTS.iter().any(|fault| fault.answers == Answers::Several && Some(fault.name) == name)
    };
    findings.extend(settings.groups.iter().filter(repeats).map(|group| {
        let what = format!("`{}` repeats messages", group.section.path);
        finding(group, &[group.slot("nodes")], &what, "leave the fault out")
    }));
    findings
}
