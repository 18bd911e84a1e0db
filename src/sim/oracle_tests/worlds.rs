//! Small worlds in which much goes wrong, each drawn by its number.

use crate::aggregator::RuleSet;
use crate::engine::{Distribution, DrawKey, Draws, Span, Time, Window};
use crate::network::{Cut, Latency, LinkSetup, NetworkSetup, NodeSet, Rate, TransportLimits};
use crate::sim::{
    AggregatorSetup, CapabilityDon, Expiry, Fault, FaultKind, FaultyNodes, Growth, ObservationContent,
    ObservationSetup, Ocr, PayloadHolders, Read, RequestSetup, ResponseStrategy, RoundsSetup, RuleSets, Run, Safety,
    Schedule, Setup, Side, Ties, WorkflowDon,
};

/// The seed of every world: they share their keys.
pub(super) const SEED: u64 = 7;
/// Capability nodes.
const NODES: u32 = 4;

/// What a draw decides; part of what keys it.
#[derive(Clone, Copy)]
#[repr(u32)]
enum What {
    Callers,
    CallerBound,
    Holders,
    HolderCount,
    MinResponses,
    Timeout,
    Requests,
    Schedule,
    Stage,
    Ties,
    Downlink,
    Loss,
    Duplication,
    Cut,
    CutCallers,
    CutCallees,
    CutStart,
    CutLength,
    Faults,
    FaultKind,
    FaultNodes,
    FaultHolders,
    FaultStart,
    FaultLength,
    FaultChance,
    FaultTargets,
    FaultOverlap,
    Rounds,
    Strategy,
    Limits,
    Executions,
    Expiry,
    Attesting,
    RuleSets,
}

/// The draws of one world.
struct Dice(Draws);

impl Dice {
    fn below(&self, what: What, which: u32, bound: usize) -> usize {
        // Apart from the sites of the simulation itself.
        let key = DrawKey { site: 10_000 + what as u32, parts: [which, 0, 0, 0, 0] };
        self.0.draw(key).below(bound as u64) as usize
    }

    fn one_of<T: Clone>(&self, what: What, which: u32, choices: &[T]) -> T {
        choices[self.below(what, which, choices.len())].clone()
    }

    fn happens(&self, what: What, which: u32, one_in: usize) -> bool {
        self.below(what, which, one_in) == 0
    }

    /// A window that begins and ends while a request is under way, or never ends.
    fn window(&self, start: What, length: What, which: u32) -> Window {
        let start = Time::ZERO + Span::from_millis(self.one_of(start, which, &[0, 20, 60, 120, 200]));
        let length = self.one_of(length, which, &[30, 100, 300, u64::MAX]);
        Window { start, end: start + Span::from_millis(length) }
    }
}

fn millis(min: u64, max: u64) -> Distribution {
    Distribution::uniform(Span::from_millis(min), Span::from_millis(max)).expect("it rises")
}

/// World number `number`; the rule sets take turns.
pub(crate) fn setup(number: u64) -> Setup {
    let dice = Dice(Draws::new(SEED, number));
    let callers = dice.one_of(What::Callers, 0, &[1, 2, 2]);
    let mut faults = faults(&dice, number, callers);
    let in_rounds = faults.iter().any(|fault| fault.kind.is_in_rounds()) || dice.happens(What::Rounds, 0, 4);
    if in_rounds {
        for fault in &mut faults {
            fault.holders = None;
        }
    }
    let caller_bound = dice.below(What::CallerBound, 0, callers as usize) as u32;
    Setup {
        run: Run { seed: SEED, replicates: 1, strata: false },
        capability_don: CapabilityDon {
            nodes: NODES,
            f: 1,
            payload_holders: holders(&dice),
            attesting: dice.one_of(What::Attesting, 0, &[None, None, None, Some(0), Some(2)]),
            execution: millis(10, 90),
            ocr: if in_rounds { Ocr::Rounds(Box::new(rounds(&dice))) } else { Ocr::Latency(millis(20, 80)) },
            max_executions: dice.one_of(What::Executions, 0, &[None, None, Some(1)]),
            response_strategy: dice.one_of(What::Strategy, 0, &ResponseStrategy::ALL),
            response_delay: Span::from_millis(dice.one_of(What::Strategy, 1, &[10, 50, 150])),
            response_growth: dice.one_of(What::Strategy, 2, &[Growth::Linear, Growth::Quadratic]),
            regions: Vec::new(),
            allow_infeasible: false,
        },
        workflow_don: WorkflowDon {
            nodes: callers,
            f: caller_bound,
            start_skew: millis(0, 30),
            needed: 1,
            regions: Vec::new(),
            allow_infeasible: true,
        },
        aggregator: AggregatorSetup {
            rule_set: rule_sets(&dice, number, callers),
            expiry: dice.one_of(What::Expiry, 0, &[Expiry::Deadline, Expiry::Deadline, Expiry::Published]),
            engine_limit: dice.one_of(What::Expiry, 1, &[None, None, Some(Span::from_millis(200))]),
            timeout: Span::from_millis(dice.one_of(What::Timeout, 0, &[150, 250, 400, 1_000, 1_000])),
            min_responses: dice.one_of(What::MinResponses, 0, &[0, 0, 0, 0, 2, 3, 4]),
        },
        request: RequestSetup {
            payload_size: 32,
            call_size: 8,
            count: dice.one_of(What::Requests, 0, &[1, 1, 2]),
            arrival: millis(0, 100),
            schedule: dice.one_of(What::Schedule, 0, &[Schedule::AllAtOnce, Schedule::AllAtOnce, Schedule::OneAtATime]),
            delta_stage: Span::from_millis(dice.one_of(What::Stage, 0, &[20, 60, 130])),
        },
        network: network(&dice, callers),
        ties: dice.one_of(What::Ties, 0, &[Ties::Random, Ties::Adversarial]),
        faults,
        safety: Safety::Holds,
    }
}

/// Rule sets take turns; of two callers the second has any, now and then.
fn rule_sets(dice: &Dice, number: u64, callers: u32) -> RuleSets {
    let first = number as usize % RuleSet::ALL.len();
    if callers < 2 || !dice.happens(What::RuleSets, 0, 4) {
        return RuleSets::One(RuleSet::ALL[first]);
    }
    let mut counts = [0; RuleSet::ALL.len()];
    counts[first] += 1;
    counts[dice.below(What::RuleSets, 1, counts.len())] += 1;
    RuleSets::Mixed(counts)
}

/// Rounds that are over in a fraction of a request's time, on a chain that moves.
fn rounds(dice: &Dice) -> RoundsSetup {
    let ms = Span::from_millis;
    RoundsSetup {
        content: dice.one_of(What::Rounds, 1, &[ObservationContent::Hash, ObservationContent::Payload]),
        observation: ObservationSetup {
            providers: dice.one_of(What::Rounds, 2, &[1, 2, 4]),
            block_time: ms(dice.one_of(What::Rounds, 3, &[0, 30, 100])),
            lag: millis(0, 50),
            change: dice.one_of(What::Rounds, 4, &[0.0, 0.3, 1.0]),
            read: dice.one_of(What::Rounds, 5, &[Read::Pinned, Read::Latest, Read::AgreedHeight]),
            poll: ms(40),
            errors: dice.one_of(What::Rounds, 6, &[0.0, 0.0, 0.3]),
            failures: dice.one_of(What::Rounds, 7, &[0.0, 0.3]),
            differ: dice.one_of(What::Rounds, 8, &[0.0, 0.0, 0.3]),
        },
        delta_round: ms(40),
        delta_grace: ms(20),
        delta_progress: ms(250),
        delta_initial: ms(250),
        delta_resend: ms(200),
        delta_certified_commit_request: ms(50),
        r_max: dice.one_of(What::Rounds, 9, &[2, 10]),
        ..RoundsSetup::default()
    }
}

fn holders(dice: &Dice) -> PayloadHolders {
    match dice.below(What::Holders, 0, 5) {
        0 => PayloadHolders::FPlusOne,
        1 => PayloadHolders::All,
        2 => PayloadHolders::Agree(dice.one_of(What::HolderCount, 0, &[0.3, 0.6, 0.8])),
        _ => PayloadHolders::Count(1 + dice.below(What::HolderCount, 0, NODES as usize) as u32),
    }
}

fn network(dice: &Dice, callers: u32) -> NetworkSetup {
    let link = |which| LinkSetup {
        latency: Latency::Distribution(millis(5, 60)),
        loss: dice.one_of(What::Loss, which, &[0.0, 0.0, 0.0, 0.0, 0.2, 0.6]),
        duplication: dice.one_of(What::Duplication, which, &[0.0, 0.0, 0.4]),
    };
    let cuts = if dice.happens(What::Cut, 0, 4) {
        let window = dice.window(What::CutStart, What::CutLength, 0);
        let workflow = vec![dice.below(What::CutCallers, 0, callers as usize) as u32];
        let callees = 1 + dice.below(What::CutCallees, 0, NODES as usize) as u32;
        let callers = NodeSet { workflow, capability: Vec::new() };
        let callees = NodeSet { workflow: Vec::new(), capability: (0..callees).collect() };
        let (from, to) = if dice.happens(What::Cut, 1, 2) { (callers, callees) } else { (callees, callers) };
        vec![Cut { from, to, window }]
    } else {
        Vec::new()
    };
    NetworkSetup {
        request: link(0),
        response: link(1),
        ocr: link(2),
        uplink: None,
        downlink: dice.one_of(What::Downlink, 0, &[None, None, None, Some(200_000)]),
        frame: 37,
        partitions: Vec::new(),
        cuts,
        limits: dice.happens(What::Limits, 0, 4).then(|| TransportLimits {
            message: dice.one_of(What::Limits, 1, &[1_000, 1_500, 10_000]),
            send: Rate { per_second: 5, burst: 1 },
            send_bytes: Rate { per_second: 10_000, burst: 2_000 },
            receive: Rate { per_second: 4, burst: 1 },
        }),
        lost_answers: None,
    }
}

/// None, one or two faults; the first goes through the catalogue.
fn faults(dice: &Dice, number: u64, callers: u32) -> Vec<Fault> {
    let catalogue = catalogue();
    let first = number as usize / RuleSet::ALL.len() % catalogue.len();
    let second = dice.below(What::FaultKind, 0, catalogue.len());
    let kinds = [first, second].into_iter().take(dice.one_of(What::Faults, 0, &[0, 1, 1, 2, 2, 2]));
    let mut faults = Vec::new();
    for (which, kind) in (0..).zip(kinds) {
        let mut fault = Fault::new(catalogue[kind].clone(), 1, None);
        match fault.kind.side() {
            // One caller stays honest.
            Side::Workflow if callers == 1 => continue,
            Side::Workflow => {}
            Side::Capability => {
                let nodes = 1 + dice.below(What::FaultNodes, which, 3);
                fault.nodes = FaultyNodes::Count(nodes as u32);
                let holders = dice.below(What::FaultHolders, which, nodes + 1) as u32;
                fault.holders = dice.happens(What::FaultHolders, which + 2, 2).then_some(holders);
                fault.targets = dice.happens(What::FaultTargets, which, 4).then_some(1);
            }
        }
        if fault.kind == FaultKind::named("crash", []) || dice.happens(What::FaultStart, which + 2, 4) {
            fault.window = dice.window(What::FaultStart, What::FaultLength, which);
        }
        fault.probability = dice.one_of(What::FaultChance, which, &[1.0, 1.0, 0.5]);
        // Never two callers, for their second would be the honest one.
        fault.overlap = fault.kind.side() == Side::Workflow || dice.happens(What::FaultOverlap, which, 2);
        if fault.kind.side() == Side::Capability
            || faults.iter().all(|other: &Fault| other.kind.side() != Side::Workflow)
        {
            faults.push(fault);
        }
    }
    faults
}

/// Every kind of fault, with all variants.
pub(crate) fn catalogue() -> Vec<FaultKind> {
    let text = |text: &str| text.to_owned();
    let mut all = vec![
        FaultKind::named("at_deadline", []),
        FaultKind::named("caller_flood", [3_u64.into(), Span::from_millis(20).into()]),
        FaultKind::named("caller_other_request", []),
        FaultKind::named("caller_repeats", [2_u64.into()]),
        FaultKind::named("caller_silent", []),
        FaultKind::named("caller_slow", [millis(20, 150).into()]),
        FaultKind::named("caller_stops", []),
        FaultKind::named("colluding_signers", []),
        FaultKind::named("crash", []),
        FaultKind::named("decimal_without_coefficient", []),
        FaultKind::named("delay_to_deadline", [Span::from_millis(1).into()]),
        FaultKind::named("doubled_metering", []),
        FaultKind::named("drop_requests", []),
        FaultKind::named("duplicate_answers", [2_u64.into()]),
        FaultKind::named("duplicate_signer", []),
        FaultKind::named("equivocation", []),
        FaultKind::named("error_spam", [text("no").into(), false.into()]),
        FaultKind::named("error_spam", [text("no").into(), true.into()]),
        FaultKind::named("false_announcement", []),
        FaultKind::named("false_pna", []),
        FaultKind::named("forged_signature", []),
        FaultKind::named("hidden_pna", [format!("upstream said {}", crate::wire::PAYLOAD_NOT_AVAILABLE).into()]),
        FaultKind::named("high_s_signature", []),
        FaultKind::named("impersonation", []),
    ];
    all.extend(more());
    all
}

fn more() -> [FaultKind; 34] {
    [
        FaultKind::named("missing_metering", []),
        FaultKind::named("missing_payload", []),
        FaultKind::named("ocr_bad_report_signatures", []),
        FaultKind::named("ocr_equivocating_observer", []),
        FaultKind::named("ocr_false_observation", [false.into()]),
        FaultKind::named("ocr_false_observation", [true.into()]),
        FaultKind::named("ocr_no_report_signatures", []),
        FaultKind::named("ocr_omitted_observations", []),
        FaultKind::named("ocr_omitted_requests", []),
        FaultKind::named("ocr_silent_leader", []),
        FaultKind::named("oversized", [1_000_u64.into()]),
        FaultKind::named("random_signature", []),
        FaultKind::named("replayed_attestation", []),
        FaultKind::named("replayed_sequence", []),
        FaultKind::named("signer_out_of_range", []),
        FaultKind::named("silent", []),
        FaultKind::named("slow", [millis(20, 300).into()]),
        FaultKind::named("stale_config_digest", []),
        FaultKind::named("stolen_attestation", [false.into()]),
        FaultKind::named("stolen_attestation", [true.into()]),
        FaultKind::named("surplus_signature", []),
        FaultKind::named("tampered_fields", ["type_url".into()]),
        FaultKind::named("tampered_fields", ["value".into()]),
        FaultKind::named("tampered_fields", ["capdon_n".into()]),
        FaultKind::named("tampered_metering", ["gas".into()]),
        FaultKind::named("tampered_metering", ["value".into()]),
        FaultKind::named("too_few_signatures", []),
        FaultKind::named("truncated_response", []),
        FaultKind::named("truncated_signature", []),
        FaultKind::named("undecodable", []),
        FaultKind::named("wrong_payload", [true.into()]),
        FaultKind::named("wrong_v_signature", []),
        FaultKind::named("zero_r_signature", []),
        FaultKind::named("zero_s_signature", []),
    ]
}
