use countersign_protocol::random::SystemRandom;
use proptest::prelude::*;

use super::*;

const ALGORITHMS: [TotpAlgorithm; 3] = [TotpAlgorithm::Sha1, TotpAlgorithm::Sha256, TotpAlgorithm::Sha512];

/// The RFCs' seeds: the ten digits over and over, as many as the hash asks for.
fn seed(algorithm: TotpAlgorithm) -> Secret {
    let bytes = (b'1'..=b'9').chain([b'0']).cycle().take(Secret::length(algorithm)).collect();
    Secret::from_bytes(algorithm, Zeroizing::new(bytes)).unwrap()
}

fn secret() -> Secret {
    seed(TotpAlgorithm::Sha1)
}

/// The middle of a step.
fn in_step(step: i64) -> Timestamp {
    Timestamp::from_seconds(step * STEP_SECONDS + 15)
}

const PRESENT: i64 = 60_000_000;

/// What the code of a step that is `off` from the present one is worth.
fn judged(off: i64, strict: bool, standing: Standing) -> Judgement {
    let code = secret().code((PRESENT + off).unsigned_abs());
    judge(&secret(), &code, in_step(PRESENT), strict, standing)
}

fn right(judgement: Judgement) -> Option<i64> {
    match judgement {
        Judgement::Right { step } => Some(step - PRESENT),
        Judgement::Wrong { .. } => None,
    }
}

const PLAIN_WRONG: Judgement = Judgement::Wrong { note: None, clock: None };

#[test]
fn the_vectors_of_rfc_4226() {
    let codes =
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (count, code) in (0..).zip(codes) {
        assert_eq!(*secret().code(count), code, "{count}");
    }
}

#[test]
fn the_vectors_of_rfc_6238() {
    let times = [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000];
    let codes = [
        ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"],
        ["46119246", "68084774", "67062674", "91819424", "90698825", "77737706"],
        ["90693936", "25091201", "99943326", "93441116", "38618901", "47863826"],
    ];
    for (algorithm, codes) in ALGORITHMS.into_iter().zip(codes) {
        for (time, code) in times.into_iter().zip(codes) {
            // The RFC shows eight digits, of which six are the last ones.
            let (at, code) = (Timestamp::from_seconds(time), &code[2..]);
            let step = step_at(at);
            assert_eq!(*seed(algorithm).code(step.unsigned_abs()), code, "{algorithm:?} {time}");
            let judgement = judge(&seed(algorithm), code, at, true, Standing::default());
            assert_eq!(judgement, Judgement::Right { step }, "{algorithm:?} {time}");
        }
    }
}

#[test]
fn a_code_is_good_in_its_own_step_and_the_two_beside_it() {
    for off in -25..=25 {
        let lenient = right(judged(off, false, Standing::default()));
        assert_eq!(lenient, (off.abs() <= 1).then_some(off), "{off}");
        let strict = right(judged(off, true, Standing::default()));
        assert_eq!(strict, (off == 0).then_some(off), "{off}, strict");
    }
    // To the second.
    let code = secret().code(PRESENT.unsigned_abs());
    let begins = PRESENT * STEP_SECONDS;
    for (second, good) in [(-31, false), (-30, true), (0, true), (59, true), (60, false)] {
        let at = Timestamp::from_seconds(begins + second);
        let judgement = judge(&secret(), &code, at, false, Standing::default());
        assert_eq!(right(judgement).is_some(), good, "{second}");
    }
}

#[test]
fn no_code_works_twice_nor_an_older_one_after_it() {
    for last in -1..=1 {
        let standing = Standing { last_step: Some(PRESENT + last), miss: None };
        for off in -1..=1 {
            let judgement = judged(off, false, standing);
            assert_eq!(right(judgement).is_some(), off > last, "{off} after {last}");
            if off <= last {
                assert_eq!(judgement, PLAIN_WRONG, "{off} after {last}");
            }
        }
    }
}

#[test]
fn a_code_of_two_steps_is_used_up_for_both() {
    // Such pairs are rare; this one was searched for.
    let step: i64 = 910_737;
    let code = secret().code(step.unsigned_abs());
    assert_eq!(code, secret().code(step.unsigned_abs() + 1));
    let judgement = judge(&secret(), &code, in_step(step), false, Standing::default());
    assert_eq!(judgement, Judgement::Right { step: step + 1 });
    let standing = Standing { last_step: Some(step + 1), miss: None };
    assert_eq!(judge(&secret(), &code, in_step(step), false, standing), PLAIN_WRONG);
}

#[test]
fn a_code_may_be_typed_with_spaces_and_full_width_digits() {
    let code = secret().code(PRESENT.unsigned_abs());
    let wide: String = code.bytes().map(|b| char::from_u32(0xff10 + u32::from(b - b'0')).unwrap()).collect();
    let typed = |text: &str| judge(&secret(), text, in_step(PRESENT), false, Standing::default());
    for text in [format!("{} {}", &code[..3], &code[3..]), format!(" {}\t", *code), wide] {
        assert_eq!(right(typed(&text)), Some(0), "{text:?}");
    }
    for text in [&code[..5], &format!("{}0", *code), &format!("{}-{}", &code[..3], &code[3..]), "", "abcdef"]
    {
        assert_eq!(typed(text), PLAIN_WRONG, "{text:?}");
    }
}

#[test]
fn one_code_of_another_time_is_told_from_no_other_wrong_code() {
    let foreign = seed(TotpAlgorithm::Sha256).code(PRESENT.unsigned_abs());
    let plain = judge(&secret(), &foreign, in_step(PRESENT), false, Standing::default());
    assert_eq!(plain, PLAIN_WRONG);
    for off in (-20..=20_i64).filter(|off| off.abs() > 1) {
        let miss = Miss { off_by: off, step: PRESENT + off };
        assert_eq!(
            judged(off, false, Standing::default()),
            Judgement::Wrong { note: Some(miss), clock: None },
            "it is noted, and nothing is told: {off}"
        );
    }
    for off in [-21, 21] {
        assert_eq!(judged(off, false, Standing::default()), PLAIN_WRONG);
    }
}

#[test]
fn two_codes_that_are_off_by_the_same_tell_of_the_clock() {
    // The clock is seven minutes ahead; the codes are typed a minute apart.
    let before = |off_by: i64, ago: i64| {
        let miss = Miss { off_by, step: PRESENT - ago + off_by };
        Standing { last_step: None, miss: Some(miss) }
    };
    let told = |off: i64, standing| match judged(off, false, standing) {
        Judgement::Wrong { clock, .. } => clock,
        Judgement::Right { .. } => None,
    };
    for (first, second) in [(14, 14), (14, 13), (13, 14)] {
        let clock = told(second, before(first, 2));
        assert_eq!(clock, Some(ClockOff(7)), "{first} {second}");
    }
    assert_eq!(told(-14, before(-14, 2)), Some(ClockOff(-7)));
    assert_eq!(told(-2, before(-2, 5)), Some(ClockOff(-1)));
    assert_eq!(told(-3, before(-3, 5)), Some(ClockOff(-2)));
    assert_eq!(told(20, before(20, 5)), Some(ClockOff(10)));
    for (second, standing, why) in [
        (14, before(12, 2), "off by something else"),
        (14, before(-14, 2), "off the other way"),
        (14, before(14, 0), "the same code again"),
        (14, before(15, 1), "the same code again, a step later"),
        (13, before(14, -1), "an older code"),
    ] {
        assert_eq!(told(second, standing), None, "{why}");
        assert!(matches!(judged(second, false, standing), Judgement::Wrong { note: Some(_), .. }), "{why}");
    }
}

#[test]
fn a_plain_wrong_code_in_between_begins_anew() {
    let noted = Standing { last_step: None, miss: Some(Miss { off_by: 9, step: PRESENT + 7 }) };
    let foreign = seed(TotpAlgorithm::Sha256).code(PRESENT.unsigned_abs());
    for typed in [foreign.as_str(), "", "12345"] {
        assert_eq!(judge(&secret(), typed, in_step(PRESENT), false, noted), PLAIN_WRONG, "{typed:?}");
    }
}

#[test]
fn where_the_tenant_is_strict_a_step_off_is_a_clock_error_too() {
    let first = judged(-1, true, Standing::default());
    let miss = Miss { off_by: -1, step: PRESENT - 1 };
    assert_eq!(first, Judgement::Wrong { note: Some(miss), clock: None });
    let before = Standing { last_step: None, miss: Some(Miss { off_by: -1, step: PRESENT - 3 }) };
    let clock = Some(ClockOff(-1));
    assert_eq!(judged(-1, true, before), Judgement::Wrong { note: Some(miss), clock });
}

#[test]
fn clocks_at_the_ends_of_time_do_no_harm() {
    for now in [i64::MIN, -1, 0, 29, 30, i64::MAX].map(Timestamp::from_seconds) {
        assert!(right(judge(&secret(), "000000", now, false, Standing::default())).is_none());
    }
    let early = Timestamp::from_seconds(0);
    let judgement = judge(&secret(), &secret().code(1), early, false, Standing::default());
    assert_eq!(judgement, Judgement::Right { step: 1 });
}

#[test]
fn a_secret_is_as_long_as_its_hash_and_never_the_same() {
    for (algorithm, length) in ALGORITHMS.into_iter().zip([20, 32, 64]) {
        let (one, other) =
            (Secret::new(algorithm, &SystemRandom::new()), Secret::new(algorithm, &SystemRandom::new()));
        assert_eq!(one.bytes().len(), length);
        assert_ne!(one.bytes(), other.bytes());
        let again = Secret::from_bytes(algorithm, Zeroizing::new(one.bytes().to_vec())).unwrap();
        assert_eq!((again.bytes(), again.algorithm()), (one.bytes(), algorithm));
        assert!(Secret::from_bytes(algorithm, Zeroizing::new(vec![0; length - 1])).is_none());
    }
}

#[test]
fn a_secret_to_type_is_in_groups_of_four() {
    assert_eq!(*secret().groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    let longest = seed(TotpAlgorithm::Sha512).groups();
    assert!(longest.split(' ').rev().skip(1).all(|group| group.len() == 4), "{}", *longest);
}

#[test]
fn the_address_names_tenant_and_account() {
    assert_eq!(
        *secret().uri("ACME", "ada@example.com").unwrap(),
        "otpauth://totp/ACME:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME"
    );
    let uri = seed(TotpAlgorithm::Sha512).uri("ACME", "ada@example.com").unwrap();
    assert!(uri.contains("&algorithm=SHA512&"), "{}", *uri);
    assert_eq!(secret().uri("ACME", " \u{7} : ").unwrap_err(), Nameless);
    assert!(secret().uri("::", "ada").unwrap().starts_with("otpauth://totp/ada?secret="));
}

#[test]
fn odd_names_do_not_break_the_address() {
    for (issuer, account, expected_issuer, expected_account) in [
        ("ACME: East & West", "ada@example.com", "ACME East & West", "ada@example.com"),
        ("a/b?c=d#e%41+f", "a%3Ab&secret=AAAA", "a/b?c=d#e%41+f", "a%3Ab&secret=AAAA"),
        ("東京：支社\u{0}", "エイダ@例え.jp", "東京 支社", "エイダ@例え.jp"),
        ("  ACME\n\tInc.  ", "\"a:b\"@example.com", "ACME Inc.", "\"a b\"@example.com"),
    ] {
        let read = Totp::from_url(secret().uri(issuer, account).unwrap().as_str()).unwrap();
        assert_eq!((read.issuer(), read.account_name()), (Some(expected_issuer), expected_account));
        assert_eq!(read.secret().as_bytes(), secret().bytes());
    }
    let long = "東".repeat(300);
    let uri = secret().uri(&long, "ada").unwrap();
    assert!(uri.len() < 2000, "a QR code can hold it: {}", uri.len());
}

proptest! {
    #[test]
    fn whatever_names_there_are_an_app_reads_the_secret(issuer in any::<String>(), account in any::<String>()) {
        if let Ok(uri) = secret().uri(&issuer, &account) {
            let read = Totp::from_url(uri.as_str()).unwrap();
            let known = secret();
            prop_assert_eq!(read.secret().as_bytes(), known.bytes());
            prop_assert_eq!(read.digits(), 6);
        }
    }

    #[test]
    fn a_code_that_was_taken_is_never_taken_again(
        offs in proptest::collection::vec((-3_i64..=3, 0_i64..=3), 1..12),
        strict in any::<bool>(),
    ) {
        let (mut present, mut standing, mut taken) = (PRESENT, Standing::default(), Vec::new());
        for (off, later) in offs {
            present += later;
            let code = secret().code((present + off).unsigned_abs());
            match judge(&secret(), &code, in_step(present), strict, standing) {
                Judgement::Right { step } => {
                    prop_assert!(taken.iter().all(|earlier| *earlier < step));
                    taken.push(step);
                    standing = Standing { last_step: Some(step), miss: None };
                }
                Judgement::Wrong { note, .. } => standing.miss = note,
            }
        }
    }

    #[test]
    fn nothing_that_is_typed_does_harm(typed in any::<String>(), now in any::<i64>()) {
        let judgement = judge(&secret(), &typed, Timestamp::from_micros(now), false, Standing::default());
        prop_assert!(right(judgement).is_none());
    }
}
