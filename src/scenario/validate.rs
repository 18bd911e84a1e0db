//! Checks across the keys of a cell. A key whose own value was refused takes part in none.

use super::diagnostics::{Diagnostic, Place, did_you_mean};
use super::document::Raw;
use super::kinds::{AgreementLatency, Selector};
use super::memory;
use super::schema::Key;
use super::settings::{Group, Settings, Slot, blame, sound};
use super::stop;
use super::strata::{self, is_by_chance};
use crate::engine::Span;
use crate::network::Latency;
use crate::sim::{FAULTS, ObservationContent, PayloadHolders, RuleSets, Schedule, Side};
use crate::wire::PAYLOAD_NOT_AVAILABLE;

/// Everything that is wrong with one cell as a whole.
pub(super) fn check(settings: &Settings) -> Vec<Diagnostic> {
    let mut findings: Vec<_> = settings.groups.iter().flat_map(Group::missing).collect();
    let capability = settings.group("capability_don");
    let workflow = settings.group("workflow_don");
    findings.extend(bound(capability, "N", "F"));
    findings.extend(bound(workflow, "M", "F_w"));
    findings.extend(holders(capability));
    findings.extend(attesting(capability));
    findings.extend(needed(workflow));
    findings.extend(min_responses(settings));
    findings.extend(rule_sets(settings));
    findings.extend(rounds(settings));
    findings.extend(stop::check(settings));
    findings.extend(faults(settings));
    findings.extend(settings.groups.iter().filter_map(window));
    findings.extend(selectors(settings));
    findings.extend(regions(settings));
    findings
}

/// Warnings: what is probably not meant, though it can be simulated.
pub(super) fn warnings(settings: &Settings) -> Vec<Diagnostic> {
    let idle = without_rounds(settings).into_iter().chain(without_limits(settings.group("network.limits")));
    schedule(settings).into_iter().chain(idle).chain(memory::warning(settings)).chain(stop::warning(settings)).collect()
}

/// A staged schedule that asks too few capability nodes before the caller gives up: then there is no quorum of
/// observations, and no answer, however long the nodes would wait.
fn schedule(settings: &Settings) -> Option<Diagnostic> {
    let (request, aggregator) = (settings.group("request"), settings.group("aggregator"));
    let don = settings.group("capability_don");
    let slots = [request.slot("delta_stage"), request.slot("schedule"), aggregator.slot("timeout")];
    let stage: Span = request.get("delta_stage");
    let timeout: Span = aggregator.get("timeout");
    let schedule: Schedule = request.get("schedule");
    if schedule != Schedule::OneAtATime || stage == Span::ZERO || !sound(&slots) {
        return None;
    }
    let (nodes, f): (u64, u64) = (don.get("nodes"), don.get("f"));
    let asked = timeout.as_nanos().div_ceil(stage.as_nanos()).min(nodes);
    let both = nodes + f;
    let quorum = both / 2 + 1;
    (asked < quorum).then(|| {
        let message = format!("only {asked} of {nodes} capability nodes are asked before the time-out of {timeout}");
        let finding = blame(request, &slots, message).label(format!("the next is asked {stage} later"));
        let needs = format!("OCR needs the observations of {quorum}, and F + 1 identical answers are {}", f + 1);
        finding.note(needs).help("ask faster, or wait longer").warning()
    })
}

fn bound(group: &Group, n: &str, f: &str) -> Option<Diagnostic> {
    let slots = [group.slot("nodes"), group.slot("f")];
    if !sound(&slots) {
        return None;
    }
    let (nodes, bound): (u32, u32) = (group.get("nodes"), group.get("f"));
    let path = group.section.path;
    let (smallest, largest) = (3 * u64::from(bound) + 1, nodes.saturating_sub(1) / 3);
    if bound >= nodes {
        let message = format!("`{path}`: {f} = {bound} of {n} = {nodes} nodes leaves no honest node");
        let finding = blame(group, &[slots[1], slots[0]], message).label(format!("{f} must be below {n}"));
        return Some(finding.help(format!("use f = {largest} at most, or {smallest} nodes at least")));
    }
    if u64::from(nodes) >= smallest || group.get("allow_infeasible") {
        return None;
    }
    let message = format!("`{path}`: {n} = {nodes} nodes cannot bear {f} = {bound} Byzantine ones");
    let finding = blame(group, &slots, message).label(format!("{n} >= 3{f} + 1 does not hold"));
    Some(finding.help(format!(
        "use {smallest} nodes at least, or f = {largest} at most; `allow_infeasible = true` if this is meant"
    )))
}

fn holders(group: &Group) -> Option<Diagnostic> {
    let slots = [group.slot("payload_holders"), group.slot("nodes")];
    let nodes: u32 = group.get("nodes");
    match group.get("payload_holders") {
        PayloadHolders::Count(count) if count > nodes && sound(&slots) => {
            let message = format!("{count} payload holders, but only {nodes} nodes");
            Some(
                blame(group, &slots, message)
                    .label(format!("at most {nodes}"))
                    .help("`payload_holders = \"all\"` makes every node a holder"),
            )
        }
        _ => None,
    }
}

fn attesting(group: &Group) -> Option<Diagnostic> {
    let (attesting, nodes, slots) = above(group, "attesting", group)?;
    let message = format!("{attesting} attesting nodes, but only {nodes} nodes");
    Some(blame(group, &slots, message).label(format!("at most {nodes}")).help("leave it out: then all nodes attest"))
}

/// Numbers of workflow nodes that are not those of all.
fn rule_sets(settings: &Settings) -> Option<Diagnostic> {
    let (aggregator, don) = (settings.group("aggregator"), settings.group("workflow_don"));
    let slots = [aggregator.slot("rule_set"), don.slot("nodes")];
    let RuleSets::Mixed(counts) = aggregator.get("rule_set") else { return None };
    let (given, nodes): (u64, u64) = (counts.into_iter().map(u64::from).sum(), don.get("nodes"));
    (given != nodes && sound(&slots)).then(|| {
        let message = format!("`aggregator.rule_set` is for {given} workflow nodes, but there are {nodes}");
        let finding = blame(aggregator, &slots, message).label(format!("{given} in all"));
        finding.help(format!("the numbers must add up to {nodes}, so that every workflow node has a rule set"))
    })
}

/// Keys that say what OCR3 rounds decide: who holds the payload.
fn rounds(settings: &Settings) -> Vec<Diagnostic> {
    if !has_rounds(settings) {
        return Vec::new();
    }
    let is_fault = |group: &&Group| group.section.path.starts_with("faults.");
    let faults = settings.groups.iter().filter(is_fault).map(|group| (group, "holders"));
    let all = [(settings.group("capability_don"), "payload_holders")].into_iter().chain(faults);
    let given = all.filter_map(|(group, key)| {
        group.section.index_of(key)?;
        Some((group.section.dotted(key), group.slot(key).place()?))
    });
    let refused = |(key, at): (String, Place)| {
        let finding = Diagnostic::new(at, format!("`{key}` is given, but OCR3 rounds decide who holds the payload"));
        finding
            .label("whoever observes what the nodes agree on")
            .help("leave it out: [observation] says what nodes observe; or give `capability_don.ocr` as a time")
    };
    given.map(refused).collect()
}

fn has_rounds(settings: &Settings) -> bool {
    let don = settings.group("capability_don");
    !don.slot("ocr").broken && don.get::<AgreementLatency>("ocr").0.is_none()
}

/// Keys that without OCR3 rounds do nothing.
fn without_rounds(settings: &Settings) -> Vec<Diagnostic> {
    let don = settings.group("capability_don");
    if has_rounds(settings) || don.slot("ocr").broken {
        return Vec::new();
    }
    let acts = |group: &&Group| {
        let name = group.section.path.strip_prefix("faults.");
        FAULTS.iter().any(|fault| fault.is_in_rounds && Some(fault.name) == name)
    };
    let faults = settings.groups.iter().filter(acts).map(|group| (group.section.path.to_owned(), group.at));
    let is_payload = don.get::<ObservationContent>("observation") == ObservationContent::Payload;
    let content = is_payload.then(|| (don.section.dotted("observation"), don.slot("observation").place()));
    let idle = |(what, at): (String, Option<Place>)| {
        let finding = Diagnostic::new(at, format!("`{what}` has no effect without OCR3 rounds"));
        finding.label("there are no rounds").help("set `capability_don.ocr = \"round\"`").warning()
    };
    content.into_iter().chain(faults).map(idle).collect()
}

/// Limits that do nothing, because nobody has said whether there are any: whoever says that there are none means it.
fn without_limits(limits: &Group) -> Vec<Diagnostic> {
    if limits.slot("enabled").place().is_some() {
        return Vec::new();
    }
    let idle = |key: &Key| {
        let (at, key) = (limits.slot(key.name).place()?, limits.section.dotted(key.name));
        let finding = Diagnostic::new(Some(at), format!("`{key}` has no effect without `network.limits.enabled`"));
        Some(finding.label("there are no limits").help("set `network.limits.enabled = true`").warning())
    };
    limits.section.keys.iter().filter_map(idle).collect()
}

fn needed(group: &Group) -> Option<Diagnostic> {
    let (needed, nodes, slots) = above(group, "needed", group)?;
    let message = format!("{needed} workflow nodes are needed, but there are only {nodes}");
    let finding = blame(group, &slots, message).label("more than there are");
    Some(finding.help(format!("use `needed = {nodes}` at most")))
}

/// A count in `group` that is above the number of nodes in `other`, and that number.
fn above<'a>(group: &'a Group, key: &str, other: &'a Group) -> Option<(u32, u32, [&'a Slot; 2])> {
    let slots = [group.slot(key), other.slot("nodes")];
    let (count, nodes): (Option<u32>, u32) = (group.get(key), other.get("nodes"));
    count.filter(|count| *count > nodes && sound(&slots)).map(|count| (count, nodes, slots))
}

fn min_responses(settings: &Settings) -> Option<Diagnostic> {
    let (aggregator, don) = (settings.group("aggregator"), settings.group("capability_don"));
    let slots = [aggregator.slot("min_responses"), don.slot("nodes"), don.slot("f")];
    let (min, nodes, f): (u32, u32, u32) = (aggregator.get("min_responses"), don.get("nodes"), don.get("f"));
    (min != 0 && !(f < min && min <= nodes) && sound(&slots)).then(|| {
        let message = format!("`aggregator.min_responses` = {min} does not fit N = {nodes} and F = {f}");
        let label = if min > nodes { "more than there are nodes" } else { "faulty nodes alone could be as many" };
        blame(aggregator, &slots, message).label(label).help(format!("use 0 for F + 1, or {} to {nodes}", f + 1))
    })
}

fn faults(settings: &Settings) -> Vec<Diagnostic> {
    let all = settings.groups.iter().filter(|group| group.section.path.starts_with("faults."));
    let (callers, callees): (Vec<_>, Vec<_>) = all.partition(|group| group.section.path.starts_with("faults.caller_"));
    let (capability, workflow) = (settings.group("capability_don"), settings.group("workflow_don"));
    let (shared, exclusive): (Vec<&Group>, Vec<&Group>) =
        callees.iter().partition(|group| group.get::<bool>("overlap"));
    let mut findings = Vec::new();
    findings.extend(callees.iter().filter_map(|group| holders_by_chance(group)));
    findings.extend(callees.iter().filter_map(|group| faulty_holders(group)));
    findings.extend(strata::check(settings, &callees));
    findings.extend(shared.iter().filter_map(|group| too_many_nodes(&[group], capability)));
    findings.extend(too_many_nodes(&exclusive, capability));
    findings.extend(too_many_callers(&callers, workflow));
    findings.extend(callees.iter().filter_map(|group| targets(group, workflow, "workflow")));
    findings.extend(callers.iter().filter_map(|group| targets(group, capability, "capability")));
    findings.extend(callees.iter().filter_map(|group| unmarked(group)));
    findings
}

/// A number of holders among nodes whose number is left to chance.
fn holders_by_chance(group: &Group) -> Option<Diagnostic> {
    let slots = [group.slot("holders"), group.slot("nodes")];
    (is_by_chance(group) && slots[0].value.is_some() && sound(&slots)).then(|| {
        let path = group.section.path;
        let message = format!("`{path}`: a number of holders, but nodes are faulty by chance");
        let finding = blame(group, &slots, message).label("holders are as likely to be faulty as others");
        finding.help("leave `holders` out, or give `nodes` as a number")
    })
}

fn faulty_holders(group: &Group) -> Option<Diagnostic> {
    if is_by_chance(group) {
        return None;
    }
    let (holders, nodes, slots) = above(group, "holders", group)?;
    let s = if nodes == 1 { "" } else { "s" };
    let message = format!("`{}`: {holders} holders among {nodes} faulty node{s}", group.section.path);
    let finding = blame(group, &slots, message).label(format!("at most {nodes}"));
    Some(finding.help(format!("use `holders = {nodes}` at most, or leave it out for whoever it happens to be")))
}

/// How many nodes faults take that share none, and the slots that say so, the last fault's first.
fn taken<'a>(faults: &[&'a Group], don: &'a Group) -> (u64, u32, Vec<&'a Slot>) {
    let slots = faults.iter().rev().map(|group| group.slot("nodes")).chain([don.slot("nodes")]).collect();
    (faults.iter().map(|group| group.get::<u64>("nodes")).sum(), don.get("nodes"), slots)
}

fn too_many_nodes(faults: &[&Group], don: &Group) -> Option<Diagnostic> {
    let (faulty, nodes, slots) = taken(faults, don);
    (faulty > u64::from(nodes) && sound(&slots)).then(|| {
        let message = format!("{faulty} faulty capability nodes, but only {nodes} nodes");
        let help = match faults {
            [_] => format!("use {nodes} at most"),
            _ => {
                format!("every fault takes nodes of its own unless it has `overlap = true`; use {nodes} in all at most")
            }
        };
        blame(don, &slots, message).label("too many").help(help)
    })
}

fn too_many_callers(faults: &[&Group], don: &Group) -> Option<Diagnostic> {
    let (faulty, nodes, slots) = taken(faults, don);
    (faulty >= u64::from(nodes) && sound(&slots)).then(|| {
        let message = format!("{faulty} faulty workflow nodes of {nodes} leave no honest one");
        let most = nodes.saturating_sub(1);
        blame(don, &slots, message)
            .label("too many")
            .help(format!("what faulty nodes accept counts for nothing; use {most} in all at most"))
    })
}

fn targets(group: &Group, audience: &Group, side: &str) -> Option<Diagnostic> {
    group.section.index_of("targets")?;
    let (targets, nodes, slots) = above(group, "targets", audience)?;
    let message = format!("`{}`: {targets} targets, but only {nodes} {side} nodes", group.section.path);
    let finding = blame(group, &slots, message).label(format!("at most {nodes}"));
    Some(finding.help(format!("leave `targets` out for all of them, or use {nodes} at most")))
}

/// A hidden payload-not-available text without the words that make it one.
fn unmarked(group: &Group) -> Option<Diagnostic> {
    let slot = (group.section.path == "faults.hidden_pna").then(|| group.slot("text"))?;
    let text: String = group.get("text");
    (!slot.broken && !text.contains(PAYLOAD_NOT_AVAILABLE)).then(|| {
        let message = "`faults.hidden_pna.text` is no payload-not-available text".into();
        let help = format!("put `{PAYLOAD_NOT_AVAILABLE}` into it; [[faults.error_spam]] sends any text");
        blame(group, &[slot], message).label("an ordinary error").help(help)
    })
}

fn window(group: &Group) -> Option<Diagnostic> {
    group.section.index_of("end")?;
    let slots = [group.slot("end"), group.slot("start")];
    let (start, end): (Span, Option<Span>) = (group.get("start"), group.get("end"));
    let end = end.filter(|end| *end <= start && sound(&slots))?;
    let message = format!("`{}` ends at {end}, but starts at {start}", group.section.path);
    Some(blame(group, &slots, message).label("an empty window").help("`end` must be after `start`"))
}

fn selectors(settings: &Settings) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for group in &settings.groups {
        for (key, slot) in group.iter() {
            let selectors: Vec<Selector> = group.get(key.name);
            let bad = selectors.iter().enumerate().filter_map(|(index, selector)| beyond(settings, index, selector));
            findings.extend(bad.map(|(index, (message, last))| {
                let place = item_place(slot, index).or(group.at);
                Diagnostic::new(place, format!("`{}` {message}", group.section.dotted(key.name)))
                    .label("not there")
                    .help(format!("nodes count from 0: the last is `{last}`"))
            }));
        }
    }
    findings
}

/// Where a selector goes beyond the last node, what is wrong with it, and the last node.
fn beyond(settings: &Settings, index: usize, selector: &Selector) -> Option<(usize, (String, String))> {
    let don = match selector.side {
        Side::Workflow => settings.group("workflow_don"),
        Side::Capability => settings.group("capability_don"),
    };
    let (nodes, (_, last)): (u32, _) = (don.get("nodes"), selector.range?);
    let side = selector.side_name();
    (last >= nodes && sound(&[don.slot("nodes")])).then(|| {
        let message = format!("selects {side} node {last}, but there are only {nodes}");
        (index, (message, format!("{side}.{}", nodes.saturating_sub(1))))
    })
}

/// Where an item of a given array stands.
fn item_place(slot: &Slot, index: usize) -> Option<super::diagnostics::Place> {
    match &slot.given.as_ref()?.raw {
        Raw::Array(items) => items.get(index).map(|item| item.at),
        _ => slot.place(),
    }
}

fn regions(settings: &Settings) -> Vec<Diagnostic> {
    let links = ["network.request", "network.response", "network.ocr"].map(|path| settings.group(path));
    let latencies = links.map(|group| group.slot("latency"));
    if !sound(&latencies) {
        return Vec::new();
    }
    let matrix = |link: &&Group| match link.get("latency") {
        Latency::Regions { matrix, .. } => Some(matrix),
        Latency::Distribution(_) => None,
    };
    let network = settings.group("network");
    let mut findings = Vec::new();
    // Links between capability nodes are no callers'.
    for (don, links) in [(settings.group("capability_don"), &links[..]), (settings.group("workflow_don"), &links[..2])]
    {
        let matrices: Vec<_> = links.iter().filter_map(matrix).collect();
        let slot = don.slot("regions");
        let names: Vec<String> = don.get("regions");
        let path = don.section.path;
        match (matrices.as_slice(), names.as_slice()) {
            _ if slot.broken => {}
            ([], []) => {}
            ([], _) => findings.push(
                blame(don, &[slot], format!("`{path}.regions` has no effect without a region matrix"))
                    .label("no matrix")
                    .help("add `latency = { dist = \"regions\", file = \"….csv\" }` to `[network]`, or drop `regions`"),
            ),
            (_, []) => {
                let message = format!("`{path}.regions` is missing, but the latency comes from a region matrix");
                let slots = [slot, latencies[0], latencies[1], network.slot("latency")];
                let known = matrices[0].regions.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>();
                let help = format!("add `regions` to `[{path}]`, some of {}", known.join(", "));
                findings.push(blame(network, &slots, message).label("needs the regions of both DONs").help(help));
            }
            (matrices, names) => {
                for (index, name) in names.iter().enumerate() {
                    let lacks = matrices.iter().find(|matrix| !matrix.regions.contains(name));
                    findings.extend(lacks.map(|matrix| {
                        Diagnostic::new(item_place(slot, index), format!("unknown region `{name}`"))
                            .label("not in the region matrix")
                            .help(did_you_mean(name, matrix.regions.iter().map(String::as_str)))
                    }));
                }
            }
        }
    }
    findings
}
