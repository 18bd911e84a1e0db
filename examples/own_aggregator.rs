//! An aggregator of one's own in the simulator: the real one, made to wait for a second opinion.
//!
//! ```text
//! cargo run --release --example own_aggregator
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use donsim::aggregator::{Answer, ClientRequest, Decision, Verdict, Work};
use donsim::scenario::Scenario;
use donsim::sim::{Aggregator, AggregatorFactory, Happening, Listener, Opening, ReplicateCache, What, simulate_with};

/// The real aggregator, which does not see the first answer of a request.
struct Cautious {
    client: ClientRequest,
    is_first: bool,
}

impl Aggregator for Cautious {
    fn handle_message(&mut self, sender: Option<&[u8]>, answer: &Answer, work: &mut dyn Work) -> Verdict {
        if std::mem::take(&mut self.is_first) {
            Verdict::Taken
        } else {
            self.client.handle_message(sender, answer, work)
        }
    }

    fn handle_expiry(&mut self) -> Verdict {
        self.client.handle_expiry()
    }

    fn decision(&self) -> Option<&Decision> {
        self.client.decision()
    }

    fn signatures_checked(&self) -> u64 {
        self.client.signatures_checked()
    }
}

/// Source of cautious aggregators.
struct CautiousAggregators;

impl AggregatorFactory for CautiousAggregators {
    fn open(&self, Opening { config, ids, .. }: &Opening<'_>) -> Box<dyn Aggregator> {
        Box::new(Cautious { client: ClientRequest::new(Arc::clone(config), Arc::clone(ids)), is_first: true })
    }
}

/// Listener that counts messages.
#[derive(Default)]
struct Messages(u32);

impl Listener for Messages {
    fn hear(&mut self, happening: &Happening) {
        self.0 += u32::from(matches!(happening.what, What::Sent { .. }));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let text = "schema = 1\n[capability_don]\nnodes = 7\n[workflow_don]\nnodes = 1\nf = 0\n";
    let setup = Scenario::parse(Path::new("own_aggregator.toml"), text.to_owned(), &[])?.cell(0).setup;
    let mut cache = ReplicateCache::new(setup.run.seed);
    for number in 0..3 {
        let mut messages = Messages::default();
        let replicate = simulate_with(&setup, number, &mut cache, &CautiousAggregators, Some(&mut messages));
        for row in &replicate.rows {
            println!("{}: {}, {} messages, breach {:?}", number, row.outcome.name(), messages.0, row.breach);
        }
    }
    Ok(())
}
