//! Requests drawn on a page, as far as there is room.

use maud::{Markup, PreEscaped, html};

use crate::report::RequestDiagram;

use super::room::DIAGRAMS;
use super::text;

/// Diagrams of a page.
#[derive(Default)]
pub(super) struct Diagrams {
    /// Bytes of those that are drawn.
    pub(super) bytes: usize,
}

impl Diagrams {
    /// A request drawn: above it why it is shown, below it how to draw it again. Where it is too large, the rest without it.
    pub(super) fn figure(&mut self, name: &str, diagram: &RequestDiagram, reasons: &Markup, again: &Markup) -> Markup {
        let figure = drawn(name, diagram, reasons, again);
        if self.bytes + figure.0.len() > DIAGRAMS {
            return missing(name, &diagram.title, reasons, "its diagram is too large for this page", again);
        }
        self.bytes += figure.0.len();
        figure
    }
}

fn drawn(name: &str, diagram: &RequestDiagram, reasons: &Markup, again: &Markup) -> Markup {
    html! {
        figure class="exhibit" id=(name) aria-labelledby={ "title-" (name) } {
            h3 id={ "title-" (name) } { (text(&diagram.title)) }
            (reasons)
            @for fact in &diagram.facts { p class="fact" { (text(fact)) } }
            div class="diagram" tabindex="0" role="group" aria-label="Diagram of the request"
                style={ "--wide:" (format!("{:.0}", diagram.width())) "px" } {
                (PreEscaped(diagram.inline(&format!("about-{name}"))))
            }
            figcaption id={ "about-" (name) } {
                "Time runs down; messages are slanted from their sending to their arrival; at the left is what the caller makes "
                "of them. " (again)
            }
            details {
                summary { "The same in words" }
                @for (heading, lines) in &diagram.words {
                    @if !heading.is_empty() { h4 { (text(heading)) } }
                    ol { @for line in lines { li { (text(line)) } } }
                }
            }
        }
    }
}

/// The place of a request that is not drawn, and why it is not.
pub(super) fn missing(name: &str, title: &str, reasons: &Markup, why: &str, again: &Markup) -> Markup {
    html! {
        div class="exhibit" id=(name) {
            h3 { (text(title)) }
            (reasons)
            p class="note" { "Not drawn: " (text(why)) ". " (again) }
        }
    }
}
