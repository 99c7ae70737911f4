//! Review 4: keys that there must not be.

mod attacker;

use attacker::mini::{Form, Message, Mini, PARAMS, Term, col, ends, message, num, of, range, step, try_key};
use hearth_soundness::stark::StarkParams;
use hearth_soundness::{MAX_LOG_HEIGHT, SizeClass};
use hearth_stark_verifier::chip::FixedColumn;
use hearth_stark_verifier::key::KeyError;

fn refused(chips: Vec<Mini>, params: StarkParams) -> KeyError {
    try_key(chips, params).err().expect("there is a key")
}

/// Found by this review: the key accepted chips that say more than what is proved of them. A row is all that the protocol
/// has, and the constraints of fixed tables and of the boundary are left out; so a next row was the row itself, a selector
/// was 0, and a constraint of a fixed table on a committed column was nothing. Each of these had a key and proofs of what it
/// forbids. Refused by `Reads::refuse`, when the key is made.
#[test]
fn chips_that_say_more_than_is_proved() {
    let constrained = |chip: Mini, constraint: Vec<Form>| Mini { constraints: vec![constraint], ..chip };
    let sending =
        |chip: Mini, field: Form, count: Form| Mini { messages: vec![message("state", field, count, 1)], ..chip };
    let first = || of(Term::FirstRow);
    for (chip, expected) in [
        (constrained(step(), vec![col(0), of(Term::Next(1))]), "a constraint reads the next row"),
        (constrained(step(), vec![first(), col(1)]), "a constraint reads a selector"),
        (constrained(step(), vec![of(Term::Public(0)), col(1)]), "a constraint reads the public values"),
        (sending(step(), of(Term::Next(1)), col(0)), "a message reads the next row"),
        (sending(step(), col(1), first()), "a message reads a selector"),
        (sending(step(), of(Term::Public(1)), col(0)), "a message reads the public values: only the boundary's may"),
        (
            constrained(range(), vec![col(1), col(1) + num(-1)]),
            "a constraint of a fixed table reads a committed column",
        ),
        (constrained(range(), vec![of(Term::Next(1))]), "a constraint of a fixed table reads a committed column"),
        (constrained(ends(), vec![of(Term::Public(0))]), "a constraint reads the public values"),
        (sending(ends(), of(Term::Public(0)), first()), "a message reads a selector"),
    ] {
        let chip_name = chip.name.to_string();
        assert_eq!(refused(vec![chip], PARAMS), KeyError::Reads { chip: chip_name, what: expected });
    }
    // What the verifier computes may be spoken of in full: these constraints pin it down under other backends.
    let counted = constrained(range(), vec![of(Term::Next(0)) + -col(0) + num(-1), first()]);
    let active = constrained(ends(), vec![first(), col(0) + num(-1)]);
    assert!(try_key(vec![step(), counted, active], PARAMS).is_ok());
}

/// Found by this review: a fixed column that cuts through the three skip variables, which the verifier has only as one, was
/// evaluated without their bits; one with more bits than its rows was no multilinear polynomial; one of a table whose
/// height the prover chooses was not 0 beyond it. Refused by `is_evaluable` when the key is made.
#[test]
fn fixed_columns_that_the_verifier_cannot_evaluate() {
    for (shift, bits, whole) in [
        (0, 4, true),
        (0, 7, true),
        (2, 5, true),
        (4, 3, true),
        (3, 1, true),
        (7, 1, false),
        (0, 8, false),
        (0, 5, false),
        (5, 2, false),
        (6, 1, false),
        (4, 2, false),
        (5, 3, false),
    ] {
        let chip = Mini { fixed: vec![FixedColumn { shift, bits }], ..range() };
        let key = try_key(vec![chip], PARAMS);
        let expected = KeyError::FixedColumn { chip: "range".into() };
        assert_eq!(key.err(), (!whole).then_some(expected), "{shift} {bits}");
    }
    let chosen = Mini { fixed_rows: None, ..range() };
    assert_eq!(refused(vec![chosen], PARAMS), KeyError::FixedColumn { chip: "range".into() });
}

/// Condition 18 and the area: no count and no sum of heights can pass the field's order, and the bounds themselves cannot
/// pass 64 bits. Without `KeyError::Multiplicity` one row could ask for 255 with counts p - 1 and 1: nobody need answer.
#[test]
fn counts_and_areas_that_wrap() {
    let asks = |weights: &[u32]| Mini {
        messages: weights.iter().map(|&weight| message("range", col(1), col(0), weight)).collect(),
        ..step()
    };
    let p = 0x7f00_0001u32;
    let too_many = |chips| matches!(refused(chips, PARAMS), KeyError::Multiplicity { .. });
    assert!(too_many(vec![asks(&[p - 1, 1]), range(), ends()]));
    // 2^22 rows of 2048 messages of weight 2^31 are 2^64.
    let large = StarkParams { log_cells: 26, log_rows: 22, ..PARAMS };
    assert!(
        matches!(refused(vec![asks(&[1 << 31; 2048])], large), KeyError::Multiplicity { times } if times > 1 << 60)
    );
    // Exactly the greatest weight in 2^9 rows; one more, of a row or of the boundary, is too many.
    let weight = (p - 1) >> 9;
    let silent = Mini { messages: Vec::new(), ..ends() };
    let loud = Mini { messages: vec![message("range", num(1), col(0), 1)], ..ends() };
    assert!(try_key(vec![asks(&[weight]), silent], PARAMS).is_ok());
    assert!(too_many(vec![asks(&[weight + 1])]));
    assert!(too_many(vec![asks(&[weight]), loud]));

    // 2^23 tiles of 256 columns are more than p strips: a height of (p + 255) / 256 would be an area of 255.
    let wide = Mini { width: 256, ..step() };
    assert_eq!(refused(vec![wide], StarkParams { log_rows: 30, ..PARAMS }), KeyError::Area);
}

/// What else gets no key, one reason each.
#[test]
fn chips_that_no_key_has() {
    let name = || "step".to_string();
    let with = |constraint| Mini { constraints: vec![constraint], ..step() };
    let degree = |what, degree| KeyError::Degree { chip: name(), what, degree };
    assert_eq!(refused(vec![with(vec![col(0), col(0), col(1), col(2)])], PARAMS), degree("a constraint", 4));
    assert_eq!(refused(vec![with(vec![col(0) + num(1)])], PARAMS), KeyError::ZeroRow { chip: name() });
    let sends = |bus, fields, count| Mini { messages: vec![Message { bus, fields, count, weight: 1 }], ..step() };
    let counts = sends("state", vec![col(1)], num(1));
    assert_eq!(refused(vec![counts], PARAMS), KeyError::ZeroRow { chip: name() });
    let longer = Mini { name: "longer", ..sends("state", vec![col(1), col(2)], col(0)) };
    let width = KeyError::MessageWidth { bus: "state".into(), expected: 1, found: 2 };
    assert_eq!(refused(vec![step(), longer], PARAMS), width);
    let only_fixed = Mini { width: 1, messages: Vec::new(), ..range() };
    assert_eq!(refused(vec![only_fixed], PARAMS), KeyError::Columns { chip: "range".into() });
    for rows in [100, 64, 1 << 10] {
        let chip = Mini { fixed_rows: Some(rows), ..range() };
        assert_eq!(refused(vec![chip], PARAMS), KeyError::Rows { chip: "range".into(), rows });
    }
    assert_eq!(refused(vec![ends(), ends()], PARAMS), KeyError::Boundaries);
}

/// Found by this review: messages were written into the key's digest without their lengths. These two keys, with messages
/// (x, y) and (z) or (x) and (y, z), had one digest and so one transcript. The last of each is the count.
#[test]
fn messages_of_other_lengths_have_other_digests() {
    let chip = |first: Vec<Form>, second: Vec<Form>| {
        let of = |bus, mut fields: Vec<Form>| Message { bus, count: fields.pop().unwrap(), fields, weight: 1 };
        Mini { name: "pair", width: 5, messages: vec![of("a", first), of("b", second)], ..Mini::default() }
    };
    let [x, y, z, u, v] = [0, 1, 2, 3, 4].map(col);
    let long = chip(vec![x.clone(), y.clone(), z.clone()], vec![u.clone(), v.clone()]);
    let short = chip(vec![x, y], vec![z, u, v]);
    let digest = |chip| try_key(vec![chip], PARAMS).unwrap().digest;
    assert_ne!(digest(long), digest(short));
}

/// Condition 4 rests on rows of at most 2^MAX_LOG_HEIGHT: heights are the prover's, the bound is the class's.
#[test]
fn classes_have_no_more_rows_than_time_allows() {
    for class in SizeClass::ALL {
        assert!(StarkParams::of(class).log_rows <= usize::from(MAX_LOG_HEIGHT), "{}", class.name());
    }
}
