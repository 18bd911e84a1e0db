use crate::network::Node;
use crate::report::diagram::tests::{LOSSY, MANY, OMITTED, PULL, ROUNDS, SPAM, happenings, story};
use crate::report::diagram::{Difference, Fate, Kind, RequestAt};
use crate::scenario::{Key, Preset, fault_catalogue};
use crate::sim::What;

use super::super::scene::Shape;
use super::*;

const CASES: [(&str, u64); 8] =
    [(LOSSY, 0), (LOSSY, 5), (ROUNDS, 0), (MANY, 0), (MANY, 3), (PULL, 2), (SPAM, 0), (OMITTED, 1)];

fn rooms(scene: &Scene) -> Vec<(&str, Rect)> {
    let texts = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text { at, text } => Some((text.content.as_str(), text.room(*at))),
        _ => None,
    });
    texts.collect()
}

fn assert_readable(scene: &Scene) {
    let rooms = rooms(scene);
    for (number, (text, a)) in rooms.iter().enumerate() {
        let inside = a.left >= 0.0 && a.top >= 0.0 && a.right <= scene.size.0 && a.bottom <= scene.size.1;
        assert!(inside, "{text} leaves the picture: {a:?} of {:?}", scene.size);
        assert!(!text.contains('…'), "{text} is cut");
        for (other, b) in &rooms[number + 1..] {
            let apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            assert!(apart, "{text} {a:?} lies on {other} {b:?}");
        }
    }
    let marks = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Line { points, color, width } if *color == INK && *width == 1.5 => Some(points),
        _ => None,
    });
    for (x, y) in marks.flatten() {
        let near =
            |room: &Rect| (room.left - 5.0..=room.right + 5.0).contains(x) && (room.top..=room.bottom).contains(y);
        let text = rooms.iter().find(|(_, room)| near(room));
        assert!(text.is_none(), "{text:?} lies on a break at ({x}, {y})");
    }
    let points = scene.shapes.iter().flat_map(|shape| match shape {
        Shape::Line { points, .. } | Shape::Area { points, .. } => points.clone(),
        Shape::Disc { center, .. } => vec![*center],
        Shape::Text { .. } => Vec::new(),
    });
    for (x, y) in points {
        assert!((0.0..=scene.size.0).contains(&x) && (0.0..=scene.size.1).contains(&y), "({x}, {y})");
    }
}

#[test]
fn texts_keep_apart_and_all_is_inside() {
    for (text, number) in CASES {
        assert_readable(&RequestDiagram::new(&story(text, number), "a scenario, its cell and its seed").scene);
    }
}

/// Whatever is wrong, with few nodes and with bundled ones, alone and beside another world.
#[test]
fn texts_keep_apart_under_every_fault() {
    for (fault, nodes) in fault_catalogue().iter().flat_map(|fault| [(fault, 4), (fault, 31)]) {
        let is_required = |key: &&Key| key.preset == Preset::Required && key.name != "nodes";
        let delay = fault.common.iter().chain(&fault.own).any(|key| is_required(&key));
        let delay = if delay { "delay = \"300ms\"\n" } else { "" };
        let ocr = if fault.name.starts_with("ocr_") { "ocr = \"round\"\n" } else { "" };
        let text = format!(
            "schema = 1\n[capability_don]\nnodes = {nodes}\n{ocr}[network]\nloss = 0.05\n[aggregator]\nrule_set = \"identical\"\n\
             [[faults.{}]]\nnodes = 1\n{delay}",
            fault.name
        );
        let [one, other] = ["identical", "attested"].map(|rule_set| story(&text.replace("identical", rule_set), 2));
        assert_readable(&RequestDiagram::new(&one, fault.name).scene);
        let sides = [("aggregator.rule_set = identical", &one), ("aggregator.rule_set = attested", &other)];
        assert_readable(&RequestDiagram::beside(sides, fault.name, None).scene);
    }
}

#[test]
fn two_worlds_keep_apart_too() {
    let identical = LOSSY.replace("\"attested\"", "\"identical\"");
    let difference =
        Difference::first([&happenings(LOSSY, 0), &happenings(&identical, 0)], RequestAt { request: 0, caller: 0 });
    let (one, other) = (story(LOSSY, 0), story(&identical, 0));
    let sides = [("aggregator.rule_set = attested", &one), ("aggregator.rule_set = identical", &other)];
    let scene = RequestDiagram::beside(sides, "two cells", difference.as_ref()).scene;
    assert_readable(&scene);
    let yellow = |shape: &&Shape| matches!(shape, Shape::Line { color, .. } if *color == YELLOW);
    assert_eq!(scene.shapes.iter().filter(yellow).count(), 2, "both worlds have the mark");
}

/// Arrow heads are triangles of a message's colour, crosses two black strokes; keys and fault marks have none of either.
#[test]
fn every_copy_has_an_arrow_or_a_cross() {
    for (text, number) in CASES {
        let (happenings, story) = (happenings(text, number), story(text, number));
        let ours = |node: Option<Node>, peer: Option<Node>| [node, peer].contains(&Some(story.caller));
        let (mut sent, mut lost) = (0, 0);
        for happening in happenings.iter().filter(|happening| happening.request == Some(0)) {
            if let What::Sent { arrivals, .. } = &happening.what
                && ours(happening.node, happening.peer)
            {
                sent += arrivals.iter().flatten().count().max(1);
                lost += usize::from(arrivals[0].is_none());
            }
        }
        let refused = story.messages.iter().filter(|way| matches!(way.fate, Fate::Refused(_))).count();
        let scene = RequestDiagram::new(&story, "").scene;
        let colors = Kind::ALL.map(lane::color);
        let is_head = |shape: &&Shape| {
            matches!(shape, Shape::Area { points, color, .. }
                if points.len() == 3 && colors.contains(color) && !is_mark(points))
        };
        let strokes = |shape: &&Shape| matches!(shape, Shape::Line { points, color, width } if points.len() == 2 && *color == BLACK && *width == 2.6);
        let arrows = scene.shapes.iter().filter(is_head).count();
        let crosses = scene.shapes.iter().filter(strokes).count() / 2;
        let in_key = usize::from(lost + refused > 0);
        assert_eq!(arrows, sent - lost - refused, "{text}");
        assert_eq!(crosses, lost + refused + in_key, "{text}");
    }
}

/// Marks of faults point up, from a level base.
fn is_mark(points: &[Point]) -> bool {
    points[1].1 == points[2].1 && points[0].1 < points[1].1
}

#[test]
fn the_title_says_what_was_accepted() {
    for (fault, ending) in [
        ("tampered_fields", "accepts a wrong response"),
        ("tampered_metering", "accepts with wrong metering or capdon_n"),
        ("silent", "succeeds"),
    ] {
        let text = format!("schema = 1\n[capability_don]\nnodes = 4\n[[faults.{fault}]]\nnodes = 1\nholders = 1\n");
        let diagram = RequestDiagram::new(&story(&text, 0), "");
        assert_eq!(diagram.title, format!("Request 0 of workflow.0 {ending}"));
        assert_readable(&diagram.scene);
    }
}

/// A pitch is as wide as the longest word needs, beside another world, too.
#[test]
fn words_in_heads_are_whole() {
    for fault in ["tampered_fields", "impersonation", "decimal_without_coefficient", "replayed_attestation"] {
        let text = format!("schema = 1\n[capability_don]\nnodes = 4\n[[faults.{fault}]]\nnodes = 1\nholders = 1\n");
        let story = story(&text, 0);
        for diagram in
            [RequestDiagram::new(&story, ""), RequestDiagram::beside([("a", &story), ("b", &story)], "", None)]
        {
            let texts: Vec<&str> = rooms(&diagram.scene).into_iter().map(|(text, _)| text).collect();
            for word in fault.split('_') {
                let is_whole = |text: &&str| text.split([' ', ':']).any(|other| other == word);
                assert!(texts.iter().any(is_whole), "{word} of {texts:?}");
            }
            assert_readable(&diagram.scene);
        }
    }
}

#[test]
fn long_words_are_broken_after_a_sign() {
    let lines = text::wrapped("INTERNAL_ERROR:Public:User:Unknown:__response_payload_not_available", 330.0);
    assert!(lines.len() > 1 && lines[..lines.len() - 1].iter().all(|line| line.ends_with(['_', ':'])), "{lines:?}");
    assert_eq!(text::wrapped(&"x".repeat(100), 330.0).concat(), "x".repeat(100));
}

/// Stretches of notes that overlap in time stand beside each other.
#[test]
fn stretches_do_not_lie_on_each_other() {
    let scene = RequestDiagram::new(&story(SPAM, 0), "").scene;
    let stretches: Vec<(Point, Point)> = scene
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            Shape::Line { points, width, .. } if *width == 2.0 && points[0].0 == points[1].0 => {
                Some((points[0], points[1]))
            }
            _ => None,
        })
        .collect();
    assert!(stretches.len() > 1, "{stretches:?}");
    for (number, a) in stretches.iter().enumerate() {
        for b in &stretches[number + 1..] {
            assert!(a.0.0 != b.0.0 || a.1.1 <= b.0.1 || b.1.1 <= a.0.1, "{a:?} {b:?}");
        }
    }
}

#[test]
fn a_picture_has_few_notes_however_many_nodes_answer() {
    for nodes in [31, 61] {
        let text = SPAM
            .replace("nodes = 31", &format!("nodes = {nodes}"))
            .replace("nodes = 9", &format!("nodes = {}", nodes - 1));
        let [notes] = notes([&story(&text, 0)], None);
        assert!(notes.len() <= 30, "{} notes", notes.len());
    }
}

#[test]
fn the_same_story_gives_the_same_bytes() {
    let svg = || RequestDiagram::new(&story(MANY, 0), "").svg().unwrap();
    assert_eq!(svg(), svg());
    assert!(svg().contains("31 × request"), "requests are bundled in words");
}
