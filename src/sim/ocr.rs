//! The agreement of the capability DON on every request, as one latency from a Byzantine quorum of observations to the
//! attested report, which then is at every node.

use crate::engine::{Draws, Time};

use super::happening::What;
use super::outbox::Outbox;
use super::setup::Setup;
use super::site::Site;

/// OCR of one replicate.
pub(super) struct Ocr<'a> {
    setup: &'a Setup,
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
pub(super) enum Input {
    /// A node puts its observation of the request into OCR.
    Observation { request: u32 },
    /// Its timer.
    Done(Done),
}

/// The timer of OCR: a request's agreement comes to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub(super) request: u32,
}

/// Output of OCR: the attested report of a request, for every node.
pub(super) struct ReportReady {
    pub(super) request: u32,
}

impl<'a> Ocr<'a> {
    pub(super) fn new(setup: &'a Setup, draws: Draws, agrees: bool) -> Self {
        Self { setup, draws, agrees, progress: vec![Progress::Observing(0); setup.request.count as usize] }
    }

    pub(super) fn handle(&mut self, now: Time, input: Input, outbox: &mut Outbox<Done, ReportReady>) {
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
        let takes = self.setup.capability_don.ocr.sample(Site::Ocr.draw(&self.draws, [request, 0, 0, 0, 0]));
        outbox.tell(request, None, What::Agreeing { takes });
        outbox.timer(now + takes, Done { request });
    }

    /// Whether the attested report of a request is there.
    pub(super) fn is_reported(&self, request: u32) -> bool {
        self.progress[request as usize] == Progress::Reported
    }

    /// Whether a quorum observed a request and had nothing to agree on.
    pub(super) fn found_nothing(&self, request: u32) -> bool {
        self.progress[request as usize] == Progress::Nothing
    }
}
