//! The agreement of the capability DON on every request, as one latency from a Byzantine quorum of observations to the
//! attested report, which then is at every node.

use crate::engine::{Distribution, Draws, Time};

use crate::sim::happening::What;
use crate::sim::outbox::Outbox;
use crate::sim::setup::Setup;
use crate::sim::site::Site;

/// Agreement of one replicate.
pub(in crate::sim) struct Latency<'a> {
    setup: &'a Setup,
    takes: &'a Distribution,
    draws: Draws,
    /// Whether enough nodes observe the same for an agreement on it.
    agrees: bool,
    progress: Vec<Progress>,
}

/// Progress of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// So many nodes have observed.
    Observing(u32),
    /// A quorum has observed.
    Agreeing,
    /// The report is there.
    Reported,
    /// There was nothing that enough nodes observed.
    Nothing,
}

/// Input of OCR.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) enum Input {
    /// A node puts its observation of the request into OCR.
    Observation { request: u32 },
    /// Its timer.
    Done(Done),
}

/// The timer of OCR: a request's agreement comes to its end.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Done {
    pub(in crate::sim) request: u32,
}

/// Output of OCR: the attested report of a request, for every node.
pub(in crate::sim) struct ReportReady {
    pub(in crate::sim) request: u32,
}

impl<'a> Latency<'a> {
    pub(in crate::sim) fn new(setup: &'a Setup, takes: &'a Distribution, draws: Draws, agrees: bool) -> Self {
        Self { setup, takes, draws, agrees, progress: vec![Progress::Observing(0); setup.request.count as usize] }
    }

    pub(in crate::sim) fn handle(&mut self, now: Time, input: Input, outbox: &mut Outbox<Done, ReportReady>) {
        match input {
            Input::Observation { request } => self.observation(now, request, outbox),
            Input::Done(Done { request }) => {
                self.progress[request as usize] = Progress::Reported;
                outbox.tell(request, None, What::Reported);
                outbox.send(ReportReady { request });
            }
        }
    }

    fn observation(&mut self, now: Time, request: u32, outbox: &mut Outbox<Done, ReportReady>) {
        let progress = &mut self.progress[request as usize];
        let Progress::Observing(observers) = progress else { return };
        *observers += 1;
        // More than half of `N + F`: two quorums share an honest node.
        let don = &self.setup.capability_don;
        if *observers <= u32::midpoint(don.nodes, don.f) {
            return;
        }
        if !self.agrees {
            *progress = Progress::Nothing;
            outbox.tell(request, None, What::NothingAgreed);
            return;
        }
        *progress = Progress::Agreeing;
        let takes = self.takes.sample(Site::Ocr.draw(&self.draws, [request, 0, 0, 0, 0]));
        outbox.tell(request, None, What::Agreeing { takes });
        outbox.timer(now + takes, Done { request });
    }

    /// Whether a quorum observed a request and had nothing to agree on.
    pub(in crate::sim) fn found_nothing(&self, request: u32) -> bool {
        self.progress[request as usize] == Progress::Nothing
    }
}
