//! The configurations: every rule set, holders, faults, loss both ways, deadlines that cut the law, and every kind of law.

use donsim::aggregator::RuleSet::{
    self, Attested, AttestedEarlyFail as EarlyFail, AttestedStrict as Strict, Identical,
};
use donsim::engine::{Distribution, Span};
use donsim::network::Latency;
use donsim::sim::PayloadHolders::{self, Agree, All, Count, FPlusOne};
use donsim::sim::{Fault, FaultKind, Ocr, Setup};

/// All of them by name. Those of equal nodes stand together, for they share signatures.
pub fn all() -> Vec<(&'static str, Setup)> {
    [races(), attacks(), asking(), deadlines(), laws()].concat()
}

/// One caller; ways are exponential with a mean of 40 ms.
fn world(nodes: u32, rules: RuleSet, holders: PayloadHolders) -> Setup {
    let latency = Distribution::Exponential { mean: Span::from_millis(40) };
    let mut setup = super::common::setup(nodes, rules, holders, latency);
    setup.request.payload_size = 16;
    setup
}

fn lossy(mut setup: Setup, loss: f64) -> Setup {
    setup.network.response.loss = loss;
    setup
}

/// So many callers, of which `f + 1` start an execution, and whose requests get lost.
fn asked(mut setup: Setup, callers: u32, f: u32, loss: f64) -> Setup {
    (setup.workflow_don.nodes, setup.workflow_don.f) = (callers, f);
    setup.network.request.loss = loss;
    setup
}

fn faulty(mut setup: Setup, kind: FaultKind, nodes: u32, holders: impl Into<Option<u32>>) -> Setup {
    setup.faults.push(Fault::new(kind, nodes, holders.into()));
    setup
}

fn confirmed(mut setup: Setup, min_responses: u32) -> Setup {
    setup.aggregator.min_responses = min_responses;
    setup
}

fn within(mut setup: Setup, millis: u64) -> Setup {
    setup.aggregator.timeout = ms(millis);
    setup
}

const fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

fn uniform(min: u64, max: u64) -> Distribution {
    Distribution::uniform(ms(min), ms(max)).expect("min is not above max")
}

fn lognormal(p50: u64, p99: u64) -> Distribution {
    Distribution::lognormal(ms(p50), ms(p99)).expect("p50 is not above p99")
}

fn lie(collude: bool) -> FaultKind {
    FaultKind::named("wrong_payload", [collude.into()])
}

fn spam(distinct: bool) -> FaultKind {
    FaultKind::named("error_spam", ["out of order".to_owned().into(), distinct.into()])
}

fn hidden() -> FaultKind {
    FaultKind::named("hidden_pna", ["sorry: __response_payload_not_available".to_owned().into()])
}

/// Holders and loss.
fn races() -> Vec<(&'static str, Setup)> {
    vec![
        ("identical, 4, f+1", world(4, Identical, FPlusOne)),
        ("identical, 16, f+1", world(16, Identical, FPlusOne)),
        ("identical, 31, 14 hold", world(31, Identical, Count(14))),
        ("identical, 16, all, loss 0.6", lossy(world(16, Identical, All), 0.6)),
        ("identical, 7, 4 hold, loss 0.1", lossy(world(7, Identical, Count(4)), 0.1)),
        ("identical, 7, agree 0.6, loss 0.1", lossy(world(7, Identical, Agree(0.6)), 0.1)),
        ("identical, 7, all, 5 needed, loss 0.2", confirmed(lossy(world(7, Identical, All), 0.2), 5)),
        ("attested, 16, f+1, loss 0.5", lossy(world(16, Attested, FPlusOne), 0.5)),
        ("attested, 7, agree 0.4, loss 0.3", lossy(world(7, Attested, Agree(0.4)), 0.3)),
        ("attested, 7, 6 hold, 4 needed, loss 0.2", confirmed(lossy(world(7, Attested, Count(6)), 0.2), 4)),
        ("strict, 7, all, 4 needed", confirmed(lossy(world(7, Strict, All), 0.2), 4)),
        ("strict, 10, 2 hold, loss 0.4", lossy(world(10, Strict, Count(2)), 0.4)),
        ("early fail, 7, all, 5 needed, loss 0.2", confirmed(lossy(world(7, EarlyFail, All), 0.2), 5)),
    ]
}

/// Faults.
fn attacks() -> Vec<(&'static str, Setup)> {
    let seven = |rules, holders| world(7, rules, holders);
    let spoilt =
        |rules, loss| faulty(lossy(world(7, rules, FPlusOne), loss), FaultKind::named("forged_signature", []), 2, 2);
    vec![
        (
            "identical, 10, all, 3 silent, loss 0.3",
            faulty(lossy(world(10, Identical, All), 0.3), FaultKind::named("silent", []), 3, None),
        ),
        ("identical, 7, 5 hold, 3 equal errors", faulty(seven(Identical, Count(5)), spam(false), 3, None)),
        ("identical, 7, all, 2 errors, loss 0.3", faulty(lossy(seven(Identical, All), 0.3), spam(true), 2, None)),
        ("identical, 7, all, 3 equal lies", faulty(seven(Identical, All), lie(true), 3, None)),
        ("identical, 7, 4 hold, hidden pna", faulty(seven(Identical, Count(4)), hidden(), 2, 0)),
        ("identical, 7, 5 hold, 2 equivocate, forged", {
            let setup = faulty(seven(Identical, Count(5)), FaultKind::named("equivocation", []), 2, 1);
            faulty(setup, FaultKind::named("forged_signature", []), 2, 2)
        }),
        (
            "identical, 7, all, decimal",
            faulty(seven(Identical, All), FaultKind::named("decimal_without_coefficient", []), 1, None),
        ),
        ("attested, 7, 3 hold, 2 forged, loss 0.5", spoilt(Attested, 0.5)),
        ("attested, 7, f+1, 3 equal errors", faulty(seven(Attested, FPlusOne), spam(false), 3, 1)),
        ("attested, 7, f+1, 5 errors", faulty(seven(Attested, FPlusOne), spam(true), 5, 1)),
        ("attested, 7, f+1, hidden pna", faulty(seven(Attested, FPlusOne), hidden(), 3, None)),
        ("attested, 7, f+1, other type", {
            faulty(seven(Attested, FPlusOne), FaultKind::named("tampered_fields", ["type_url".into()]), 2, 1)
        }),
        (
            "attested, 7, f+1, colluding signers",
            faulty(seven(Attested, FPlusOne), FaultKind::named("colluding_signers", []), 3, 1),
        ),
        (
            "attested, 7, f+1, missing payload",
            faulty(seven(Attested, FPlusOne), FaultKind::named("missing_payload", []), 1, 1),
        ),
        ("strict, 7, f+1, 2 forged, loss 0.2", spoilt(Strict, 0.2)),
        ("strict, 7, f+1, 2 errors of holders", faulty(seven(Strict, FPlusOne), spam(true), 2, 2)),
        ("strict, 7, f+1, false pna and an error", {
            faulty(faulty(seven(Strict, FPlusOne), FaultKind::named("false_pna", []), 1, 1), spam(false), 2, None)
        }),
        (
            "strict, 7, f+1, hidden pna and errors",
            faulty(faulty(seven(Strict, FPlusOne), hidden(), 1, 1), spam(true), 2, 0),
        ),
        ("strict, 16, f+1, 5 errors of holders", faulty(world(16, Strict, FPlusOne), spam(true), 5, 5)),
        ("early fail, 7, f+1, 2 lies", faulty(seven(EarlyFail, FPlusOne), lie(false), 2, 2)),
        ("early fail, 7, f+1, 2 forged, loss 0.2", spoilt(EarlyFail, 0.2)),
        ("early fail, 7, 2 hold, garbage, equal lies", {
            faulty(faulty(seven(EarlyFail, Count(2)), FaultKind::named("undecodable", []), 1, None), lie(true), 2, 0)
        }),
        ("early fail, 16, f+1, 5 lies", faulty(world(16, EarlyFail, FPlusOne), lie(false), 5, 5)),
        ("early fail, 31, f+1, 10 lies", faulty(world(31, EarlyFail, FPlusOne), lie(false), 10, 10)),
    ]
}

/// Requests that get lost, nodes and callers that take no part.
fn asking() -> Vec<(&'static str, Setup)> {
    vec![
        ("attested, 7, callers 4, requests lost", {
            asked(faulty(world(7, Attested, FPlusOne), FaultKind::named("silent", []), 2, 2), 4, 1, 0.2)
        }),
        ("identical, 7, callers 3, requests lost", asked(world(7, Identical, Count(5)), 3, 1, 0.25)),
        ("early fail, 7, callers 2, requests lost", {
            asked(faulty(lossy(world(7, EarlyFail, Count(4)), 0.1), lie(false), 2, 2), 2, 0, 0.3)
        }),
        ("attested, 7, 2 deaf, requests lost", {
            asked(faulty(world(7, Attested, FPlusOne), FaultKind::named("drop_requests", []), 2, None), 3, 1, 0.1)
        }),
        ("identical, 7, one crashed, agree, requests lost", {
            asked(faulty(world(7, Identical, Agree(0.7)), FaultKind::named("crash", []), 1, None), 2, 0, 0.2)
        }),
        ("attested, 4, a silent caller, requests lost", {
            asked(faulty(world(4, Attested, FPlusOne), FaultKind::named("caller_silent", []), 1, None), 4, 1, 0.3)
        }),
        ("identical, 4, f+1, three requests", {
            let mut setup = world(4, Identical, FPlusOne);
            (setup.request.count, setup.request.arrival) = (3, uniform(0, 500));
            setup
        }),
    ]
}

/// Deadlines in the midst of the answers.
fn deadlines() -> Vec<(&'static str, Setup)> {
    let constant_ways_there = |mut setup: Setup| {
        setup.network.request.latency = Latency::Distribution(Distribution::constant(ms(20)));
        setup
    };
    vec![
        ("attested, 7, f+1, within 1,630 ms", within(constant_ways_there(world(7, Attested, FPlusOne)), 1_630)),
        ("identical, 7, all, within 1,660 ms", within(world(7, Identical, All), 1_660)),
        ("early fail, 7, 2 lies, within 1,680 ms", {
            within(faulty(world(7, EarlyFail, FPlusOne), lie(false), 2, 2), 1_680)
        }),
        ("strict, 7, errors, requests lost, 1,650 ms", {
            let setup = faulty(constant_ways_there(world(7, Strict, FPlusOne)), spam(true), 2, 1);
            within(asked(setup, 3, 1, 0.2), 1_650)
        }),
    ]
}

/// Laws of times.
fn laws() -> Vec<(&'static str, Setup)> {
    let timed = |rules, holders, change: &dyn Fn(&mut Setup)| {
        let mut setup = world(7, rules, holders);
        change(&mut setup);
        setup
    };
    let ways = |setup: &mut Setup, there: Distribution, back: Distribution| {
        setup.network.request.latency = Latency::Distribution(there);
        setup.network.response.latency = Latency::Distribution(back);
    };
    let values = || Distribution::empirical([10, 20, 20, 30, 70].map(ms).to_vec()).expect("values");
    vec![
        ("identical, 7, 4 hold, constant ways", {
            timed(Identical, Count(4), &|it| ways(it, Distribution::constant(ms(30)), Distribution::constant(ms(30))))
        }),
        ("identical, 7, 5 hold, observed ways back", {
            timed(Identical, Count(5), &|it| ways(it, Distribution::constant(ms(30)), values()))
        }),
        ("attested, 7, f+1, drawn agreement", {
            timed(Attested, FPlusOne, &|it| {
                ways(it, Distribution::constant(ms(30)), lognormal(40, 180));
                it.capability_don.ocr = Ocr::Latency(uniform(1_000, 1_100));
            })
        }),
        ("identical, 7, all, heavy agreement, within 2 s", {
            timed(Identical, All, &|it| {
                it.capability_don.ocr = Ocr::Latency(Distribution::pareto(ms(1_200), 3.0).expect("an exponent"));
                it.aggregator.timeout = ms(2_000);
            })
        }),
        ("attested, 7, f+1, everything drawn", {
            timed(Attested, FPlusOne, &|it| {
                (it.workflow_don.nodes, it.workflow_don.f) = (4, 1);
                ways(it, lognormal(20, 60), lognormal(40, 180));
                it.capability_don.execution = uniform(0, 200);
                it.capability_don.ocr = Ocr::Latency(uniform(1_000, 1_050));
            })
        }),
        ("attested, 7, f+1, doubled messages", {
            timed(Attested, FPlusOne, &|it| {
                (it.network.request.duplication, it.network.response.duplication) = (0.4, 0.7);
                it.network.response.loss = 0.4;
            })
        }),
        ("identical, 7, 4 hold, callers one by one", {
            timed(Identical, Count(4), &|it| {
                (it.workflow_don.nodes, it.workflow_don.f, it.workflow_don.start_skew) = (4, 1, uniform(0, 50));
            })
        }),
        ("identical, 7, 4 hold, no time at all", {
            timed(Identical, Count(4), &|it| {
                (it.capability_don.execution, it.capability_don.ocr) = (uniform(0, 0), Ocr::Latency(uniform(0, 0)));
            })
        }),
        ("attested, 7, f+1, slow observations, loss 0.5", {
            timed(Attested, FPlusOne, &|it| {
                it.capability_don.execution = lognormal(180, 900);
                it.network.response.loss = 0.5;
            })
        }),
    ]
}
