//! The Code screen: what it offers in each of its states.

use super::*;

#[test]
fn the_code_screen_offers_what_its_state_allows() {
    for state in CodeState::ALL {
        let html = code(Lang::En, state, Some("47"), 15).render().unwrap();
        let (waiting, phone) = (state.is_waiting(), state.awaits_phone());
        assert_eq!(html.contains("http-equiv=\"refresh\""), waiting, "{state:?}");
        assert_eq!(html.contains("data-testid=\"code-number\">47<"), phone, "{state:?}");
        let live = waiting || state == CodeState::Approved;
        assert_eq!(html.contains("action=\"/login/complete\""), live, "{state:?}");
        assert_eq!(html.contains("data-complete hidden"), waiting, "{state:?}");
        let no_way =
            matches!(state, CodeState::Waiting(Reach::Push(Push::None | Push::Lost) | Reach::NoPhone));
        assert_eq!(html.contains("data-testid=\"ask-again\""), waiting && !no_way, "{state:?}");
        assert_eq!(html.contains("href=\"/login\""), state != CodeState::Completed, "{state:?}");
        assert!(html.contains(&format!("data-state=\"{}\"", state.code())), "{state:?}");
    }
}

#[test]
fn without_script_the_screen_renews_itself_until_somebody_types() {
    for (name, screen) in code_with_ways(Lang::En) {
        let html = screen.render().unwrap();
        let still = !matches!(name, "ways" | "ways-number" | "ways-none" | "ways-no-phone-passkey");
        let still = still || name == "ways-approved";
        assert_eq!(!html.contains("http-equiv=\"refresh\""), still, "{name}");
    }
}

#[test]
fn one_way_is_open_where_there_is_no_phone_to_wait_for_or_something_was_wrong() {
    let open = |name: &str| {
        let (_, screen) = code_with_ways(Lang::En).into_iter().find(|(known, _)| *known == name).unwrap();
        let html = screen.render().unwrap();
        let ways = html.split("<details ").skip(1).map(|way| way.split('>').next().unwrap().to_owned());
        let open: Vec<_> = ways.filter(|way| way.ends_with(" open")).collect();
        assert!(open.len() <= 1, "{name}");
        open.first().map(|way| way.split("data-way=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
    };
    for closed in ["ways", "ways-number", "ways-still", "ways-no-phone-passkey"] {
        assert_eq!(open(closed), None, "{closed}");
    }
    for email in ["ways-sent", "ways-over", "ways-wrong", "ways-no-mail", "ways-no-phone-email"] {
        assert_eq!(open(email).as_deref(), Some("email"), "{email}");
    }
    for totp in ["ways-clock", "ways-suspended", "ways-timed-out"] {
        assert_eq!(open(totp).as_deref(), Some("totp"), "{totp}");
    }
    assert_eq!(open("ways-wrong-recovery").as_deref(), Some("recovery"));
}

#[test]
fn a_suspended_way_takes_no_code_and_a_mail_that_was_not_sent_has_no_field() {
    for (name, screen) in code_with_ways(Lang::En) {
        let html = screen.render().unwrap();
        if name == "ways-suspended" {
            assert!(!html.contains("value=\"totp\"") && html.contains("2 minutes"), "{html}");
        }
        let email = html.contains("name=\"way\" value=\"email\"");
        assert_eq!(email, html.contains("data-testid=\"code-email\""), "{name}");
        assert_eq!(
            email,
            matches!(name, "ways-sent" | "ways-many" | "ways-wrong" | "ways-no-phone"),
            "{name}"
        );
    }
}

#[test]
fn the_page_stays_as_it_is_typed_into_while_only_time_passes() {
    let key = |html: &str| {
        html.split("data-part=\"ways\" data-key=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let at = |state, left| CodePage {
        ways: vec![email_way(Some(left), true, SendAgain::Now)],
        ..code(Lang::En, state, None, 3)
    };
    let [asked, seen] = [at(ASKED, 170), at(SEEN, 20)].map(|page| key(&page.render().unwrap()));
    assert_eq!(asked, seen);
}

#[test]
fn asking_again_waits_its_turn() {
    let early = code(Lang::En, ASKED, None, 5).render().unwrap();
    let later = code(Lang::En, ASKED, None, 15).render().unwrap();
    assert!(early.contains("aria-disabled=\"true\" data-testid=\"ask-again\""), "{early}");
    assert!(!later.contains("aria-disabled"), "{later}");
}

#[test]
fn the_hint_comes_after_twenty_seconds() {
    let note = |since| {
        let html = code(Lang::En, ASKED, None, since).render().unwrap();
        html.split("data-note>").nth(1).unwrap().split("</div>").next().unwrap().to_owned()
    };
    assert_eq!(note(19).trim(), "");
    assert!(note(20).contains("Do Not Disturb"));
}

#[test]
fn a_phone_that_does_not_ring_is_not_said_to() {
    for push in ["none", "trouble", "lost", "held_another", "held_too_many", "held_denied", "held_reported"] {
        let state = CodeState::Waiting(Reach::Push(Push::parse(push).unwrap()));
        let html = code(Lang::En, state, None, 30).render().unwrap();
        assert!(html.contains(">Open the app<") && html.contains("data-hint-after=\"0\""), "{push}");
        assert!(!html.contains("Request sent") && html.contains("Open the app"), "{push}");
    }
}
