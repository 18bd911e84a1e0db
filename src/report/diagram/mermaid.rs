//! The story as a Mermaid sequence diagram, for an issue or a chat that draws such text.

use std::fmt::Write as _;

use crate::engine::Time;
use crate::network::Node;
use crate::scenario::escaped;

use super::lanes::{Lane, lanes};
use super::stages::byte_range;
use super::story::{Fate, Passage, Story, millis, millis_between};

/// Lanes of capability nodes; more nodes are bundled.
const MOST_LANES: usize = 10;
/// Statements up to which only those are bundled that have to be.
const MOST_STATEMENTS: usize = 100;
/// Letters that Mermaid draws without being told otherwise.
const MOST_LETTERS: usize = 50_000;
/// Letters of what says that something is left out.
const ROOM_FOR_MORE: usize = 200;

/// A statement, and what it takes to bundle it with others.
#[derive(Clone)]
struct Line {
    at: Time,
    last: Time,
    count: usize,
    /// Begin of the statement, up to its text.
    head: String,
    words: String,
    /// Bytes of the smallest and the largest message.
    bytes: Option<[u64; 2]>,
    /// What comes of it.
    end: String,
    /// Instant in which it was sent, told where it is bundled with no other.
    sent: Option<Time>,
    /// Whether it is bundled across others, too.
    is_one_of_many: bool,
}

impl Story {
    /// The story as a Mermaid sequence diagram of less than 50,000 letters, with a title.
    pub fn mermaid(&self, title: &str) -> String {
        let lanes = lanes(self, MOST_LANES);
        let mut text = format!("sequenceDiagram\n    title {}\n    participant W as {}\n", clean(title), self.caller);
        for (at, lane) in lanes.iter().enumerate() {
            let _ = writeln!(text, "    participant C{at} as {}", clean(&lane.describe()));
        }
        let lines = self.lines(&lanes);
        for (number, line) in lines.iter().enumerate() {
            let line = line.write();
            if text.len() + line.len() > MOST_LETTERS - ROOM_FOR_MORE {
                let _ = writeln!(text, "    Note over W: {} more happenings are left out", lines.len() - number);
                break;
            }
            text.push_str(&line);
        }
        text
    }

    /// All statements in order of time, those that say the same bundled: in a row, and wherever they are if they are of a lane
    /// of several nodes or come after the end of the request; all of them where there are too many.
    fn lines(&self, lanes: &[Lane]) -> Vec<Line> {
        let mut lines: Vec<Line> = self.messages.iter().map(|way| self.message(way, lanes)).collect();
        let notes = self.notes.iter().filter(|note| note.gist.is_turn());
        lines.extend(notes.map(|note| Line::new(note.from, "Note over W: ".to_owned(), note.text())));
        let expires = self.ended.as_ref().map(|(at, ..)| *at) == self.deadline;
        let instants = [(self.started, "starts"), (self.deadline.filter(|_| !expires), "deadline")];
        for (at, words) in instants.into_iter().filter_map(|(at, words)| Some((at?, words))) {
            lines.push(Line::new(at, "Note over W: ".to_owned(), format!("{}: {words}", millis(at))));
        }
        let over = format!("Note over C0,C{}: ", lanes.len().saturating_sub(1));
        let over = if lanes.len() == 1 { "Note over C0: ".to_owned() } else { over };
        for stage in &self.stages {
            let words = format!("{}: {}", millis_between(stage.from, stage.to), stage.words);
            lines.push(Line::new(stage.from, over.clone(), words));
        }
        // Stable: at one instant a message comes before what is made of it, and the start before what is sent.
        lines.sort_by_key(|line| (line.at, !line.words.ends_with(": starts")));
        let statements = bundled(&lines, false);
        if statements.len() > MOST_STATEMENTS { bundled(&lines, true) } else { statements }
    }

    fn message(&self, way: &Passage, lanes: &[Lane]) -> Line {
        let id = |node: Node| {
            let lane = || lanes.iter().position(|lane| lane.has(node)).unwrap_or(0);
            if node == self.caller { "W".to_owned() } else { format!("C{}", lane()) }
        };
        let arrow = if way.fate.is_lost() { "-x" } else { "->>" };
        let end = match &way.fate {
            Fate::Arrives(_) => way.reception.clone(),
            Fate::Refused(_) => "dropped, too many of this sender".to_owned(),
            Fate::Lost(why) => why.clone(),
        };
        let at = way.fate.arrival().unwrap_or(way.sent);
        let head = format!("{}{arrow}{}: ", id(way.from), id(way.to));
        let mut line = Line::new(at, head, way.words.clone());
        line.bytes = Some([way.bytes; 2]);
        line.end = if end.is_empty() { end } else { format!(": {end}") };
        let is_bundled = lanes.len() < self.nodes.len();
        line.is_one_of_many = is_bundled || self.ended.as_ref().is_some_and(|(ended, _, _)| at > *ended);
        line.sent = (!is_bundled && at > way.sent).then_some(way.sent);
        line
    }
}

/// Lines with those bundled that say the same where they may be, or `wherever` they are.
fn bundled(lines: &[Line], wherever: bool) -> Vec<Line> {
    let mut bundled: Vec<Line> = Vec::new();
    for line in lines {
        let takes = |at: &usize| bundled[*at].takes(line, wherever || at + 1 == bundled.len());
        match (0..bundled.len()).rev().find(takes) {
            Some(at) => bundled[at].take(line),
            None => bundled.push(line.clone()),
        }
    }
    bundled
}

impl Line {
    const fn new(at: Time, head: String, words: String) -> Self {
        Self { at, last: at, count: 1, head, words, bytes: None, end: String::new(), sent: None, is_one_of_many: false }
    }

    fn takes(&self, next: &Self, is_near: bool) -> bool {
        let same = (&self.head, &self.words, &self.end) == (&next.head, &next.words, &next.end);
        same && (is_near || self.is_one_of_many && next.is_one_of_many)
    }

    fn take(&mut self, next: &Self) {
        self.count += 1;
        self.last = next.at;
        if let (Some([least, most]), Some(other)) = (&mut self.bytes, next.bytes) {
            (*least, *most) = ((*least).min(other[0]), (*most).max(other[1]));
        }
    }

    fn write(&self) -> String {
        let bytes = self.bytes.map_or_else(String::new, |bytes| format!(", {}", byte_range(bytes)));
        let sent = self.sent.filter(|_| self.count == 1);
        let sent = sent.map_or_else(String::new, |sent| format!(" (sent {})", millis(sent)));
        let words = clean(&format!("{}{bytes}{}{sent}", self.words, self.end));
        let is_timed = self.head.starts_with("Note");
        let time = millis_between(self.at, self.last);
        match (is_timed, self.count) {
            (true, _) => format!("    {}{words}\n", self.head),
            (false, 1) => format!("    {}{time}: {words}\n", self.head),
            (false, many) => format!("    {}{time}: {many} × {words}\n", self.head),
        }
    }
}

/// `text` without what is not seen, and without what Mermaid would take for its own: ends of statements, comments, tags.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for letter in escaped(&text.replace(char::is_control, " ")).chars() {
        match letter {
            '#' | ';' | '<' | '>' | '%' | '&' => {
                let _ = write!(clean, "#{};", u32::from(letter));
            }
            letter => clean.push(letter),
        }
    }
    clean
}
