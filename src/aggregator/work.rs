//! The expensive part of judging a message, apart from the rules, so that equal work can be shared.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::attestation::{Claim, Keyring, Report, is_signed_by};
use crate::wire::{DecodeError, Response, Rope};

/// A decoded response and its id.
///
/// ```
/// use donsim::aggregator::{Fresh, Opened, Work};
/// use donsim::wire::{MeteringRecord, Response};
///
/// let bare = Response::default();
/// let metered = Response { metering: vec![MeteringRecord::default()], ..bare.clone() };
/// let (Opened { response, id }, other) = (&*Fresh.open(&metered.rope())?, Fresh.open(&bare.rope())?);
/// assert!(*response == metered && *id == other.id, "responses that differ in metering have one id");
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct Opened {
    /// The response.
    pub response: Response,
    /// SHA-256 over its encoding without metadata and attestation.
    pub id: [u8; 32],
}

/// What an aggregator computes about bytes. The answers depend on the arguments alone; the provided methods compute
/// them anew each time.
///
/// ```
/// use donsim::aggregator::{Fresh, Work};
/// use donsim::attestation::{Claim, KeyPair};
///
/// #[derive(Default)]
/// struct Counted(u32);
///
/// impl Work for Counted {
///     fn is_signed_by(&mut self, digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
///         self.0 += 1;
///         Fresh.is_signed_by(digest, signature, address)
///     }
/// }
///
/// let key = KeyPair::from_private(&[7; 32])?;
/// let (signature, address) = (key.sign(&[1; 32]), key.address().0);
/// let claim = Claim { signature: &signature, address: &address };
/// let nobodys = Claim { address: &[0; 20], ..claim };
/// let mut work = Counted::default();
/// assert_eq!(work.first_unsigned(&[1; 32], &[claim, nobodys, claim]), Some(1));
/// assert_eq!(work.0, 2);
/// # Ok::<(), donsim::attestation::PrivateKeyError>(())
/// ```
pub trait Work {
    /// Decodes a response.
    ///
    /// # Errors
    /// When the payload is none.
    fn open(&mut self, payload: &Rope) -> Result<Rc<Opened>, DecodeError> {
        let response = Response::decode(payload.clone())?;
        let id = response.id();
        Ok(Rc::new(Opened { response, id }))
    }

    /// [`Report::data`].
    fn report_data(&mut self, report: &Report<'_>) -> [u8; 32] {
        report.data()
    }

    /// [`is_signed_by`].
    fn is_signed_by(&mut self, digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
        is_signed_by(digest, signature, address)
    }

    /// Number of the first claim that [`is_signed_by`](Self::is_signed_by) refuses; `None` when all hold.
    fn first_unsigned(&mut self, digest: &[u8; 32], claims: &[Claim<'_>]) -> Option<usize> {
        claims.iter().position(|claim| !self.is_signed_by(digest, claim.signature, claim.address))
    }
}

/// Computes everything anew.
///
/// ```
/// use std::rc::Rc;
/// use donsim::aggregator::{Fresh, Work};
/// use donsim::wire::Response;
///
/// let payload = Response { capdon_n: 4, ..Response::default() }.rope();
/// let (once, again) = (Fresh.open(&payload)?, Fresh.open(&payload)?);
/// assert!(once.response.capdon_n == 4 && once == again && !Rc::ptr_eq(&once, &again));
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Fresh;

impl Work for Fresh {}

/// Computes equal work once: what a simulator wants that feeds the same bytes to many aggregators. It keeps what it has
/// seen until it is dropped.
///
/// ```
/// use std::rc::Rc;
/// use std::sync::Arc;
/// use donsim::aggregator::{Fresh, Memo, Opened, Work};
/// use donsim::attestation::{Keyring, Report};
/// use donsim::wire::{Response, Rope};
///
/// let (mut memo, payload) = (Memo::with_keyring(Arc::new(Keyring::new())), Rope::from(Response::default().encode()));
/// let once: Rc<Opened> = memo.open(&payload)?;
/// assert!(Rc::ptr_eq(&once, &memo.open(&payload)?));
/// memo.clear();
/// assert!(!Rc::ptr_eq(&once, &memo.open(&payload)?) && once == Fresh.open(&payload)?);
///
/// let report =
///     Report { workflow_execution_id: "", reference_id: "", payload: b"reply", spend_unit: "", spend_value: "" };
/// assert_eq!(Memo::new().report_data(&report), report.data());
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Memo {
    opened: BTreeMap<Rope, Result<Rc<Opened>, DecodeError>>,
    /// Ids by the bytes that they are hashes of: equal responses of several nodes differ in their metering records.
    ids: BTreeMap<Rope, [u8; 32]>,
    reports: Vec<(ReportKey, [u8; 32])>,
    /// By digest, then signature.
    signed: BTreeMap<[u8; 32], BTreeMap<Vec<u8>, Vec<Signer>>>,
    keyring: Arc<Keyring>,
    forgets: bool,
}

/// Address of an alleged signer, and the verdict on it.
type Signer = (Vec<u8>, bool);

#[derive(Debug)]
struct ReportKey {
    texts: [String; 4],
    payload: Vec<u8>,
}

impl ReportKey {
    fn of(report: &Report<'_>) -> Self {
        Self { texts: texts(report).map(str::to_owned), payload: report.payload.to_vec() }
    }

    fn is(&self, report: &Report<'_>) -> bool {
        self.payload == report.payload && self.texts.iter().zip(texts(report)).all(|(a, b)| a == b)
    }
}

fn texts<'a>(report: &Report<'a>) -> [&'a str; 4] {
    [report.workflow_execution_id, report.reference_id, report.spend_unit, report.spend_value]
}

impl Memo {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows nothing yet but the keys of `keyring`.
    #[must_use]
    pub fn with_keyring(keyring: Arc<Keyring>) -> Self {
        Self { keyring, ..Self::default() }
    }

    /// Never knows anything: as [`Fresh`], where a memo is wanted.
    pub(crate) fn forgetful() -> Self {
        Self { forgets: true, ..Self::default() }
    }

    /// Verdict on a claim that was checked.
    fn verdict(&self, digest: &[u8; 32], claim: &Claim<'_>) -> Option<bool> {
        let signers = self.signed.get(digest)?.get(claim.signature)?;
        signers.iter().find(|(address, _)| address == claim.address).map(|(_, verdict)| *verdict)
    }

    /// Forgets everything but the keyring.
    pub fn clear(&mut self) {
        self.opened.clear();
        self.ids.clear();
        self.reports.clear();
        self.signed.clear();
    }
}

impl Work for Memo {
    fn open(&mut self, payload: &Rope) -> Result<Rc<Opened>, DecodeError> {
        if self.forgets {
            return Fresh.open(payload);
        }
        if let Some(opened) = self.opened.get(payload) {
            return opened.clone();
        }
        let opened = Response::decode(payload.clone()).map(|response| {
            let identity = response.identity();
            let id = *self.ids.entry(identity).or_insert_with_key(Rope::sha256);
            Rc::new(Opened { response, id })
        });
        self.opened.insert(payload.clone(), opened.clone());
        opened
    }

    fn report_data(&mut self, report: &Report<'_>) -> [u8; 32] {
        if self.forgets {
            return report.data();
        }
        if let Some((_, data)) = self.reports.iter().find(|(key, _)| key.is(report)) {
            return *data;
        }
        let data = report.data();
        self.reports.push((ReportKey::of(report), data));
        data
    }

    fn is_signed_by(&mut self, digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
        self.first_unsigned(digest, &[Claim { signature, address }]).is_none()
    }

    fn first_unsigned(&mut self, digest: &[u8; 32], claims: &[Claim<'_>]) -> Option<usize> {
        if self.forgets {
            return Fresh.first_unsigned(digest, claims);
        }
        let new: Vec<Claim<'_>> =
            claims.iter().filter(|claim| self.verdict(digest, claim).is_none()).copied().collect();
        for (claim, verdict) in new.iter().zip(self.keyring.check(digest, &new)) {
            let signers = self.signed.entry(*digest).or_default().entry(claim.signature.to_vec()).or_default();
            signers.push((claim.address.to_vec(), verdict));
        }
        claims.iter().position(|claim| self.verdict(digest, claim) != Some(true))
    }
}
