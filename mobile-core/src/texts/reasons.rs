//! A sentence for each reason why something did not work.

use super::{Lang, Pair};
use crate::error::{Mistrust, Reason};

/// What happened and what to do about it.
#[must_use]
pub fn reason(reason: &Reason, lang: Lang) -> String {
    let (english, japanese) = match reason {
        Reason::NumberDigits(digits) => return number_digits(*digits, lang),
        _ => of_the_phone(reason).or_else(|| of_the_pairing(reason)).unwrap_or_else(|| of_the_server(reason)),
    };
    lang.pick(english, japanese).to_owned()
}

fn number_digits(digits: u8, lang: Lang) -> String {
    match lang {
        Lang::English if digits == 1 => "Type the digit that the browser shows.".to_owned(),
        Lang::English => format!("Type the {digits} digits that the browser shows."),
        Lang::Japanese => format!("ブラウザーに表示されている{digits}桁の数字を入力してください。"),
    }
}

/// Keys, biometrics, storage.
fn of_the_phone(reason: &Reason) -> Option<Pair> {
    Some(match reason {
        Reason::Cancelled => (
            "Nothing was approved. To approve, try again.",
            "承認していません。承認するには、もう一度お試しください。",
        ),
        Reason::UnderWay => {
            ("This is being done already. Wait a moment.", "処理中です。しばらくお待ちください。")
        }
        Reason::LockedOut => (
            "Biometrics are locked after too many tries. Unlock your phone with its passcode, then try again.",
            "生体認証がロックされています。パスコードで端末のロックを解除してから、もう一度お試しください。",
        ),
        Reason::NoHardware => (
            "Set up Face ID, a fingerprint or another biometric in this phone's settings first.",
            "先に端末の設定で、顔認証または指紋認証を登録してください。",
        ),
        Reason::NotAllowed => (
            "This app may not use Face ID or your fingerprint. Allow it in this phone's settings, then try again.",
            "このアプリに生体認証の使用が許可されていません。端末の設定で許可してから、もう一度お試しください。",
        ),
        Reason::BiometricsChanged => (
            "A face or fingerprint was added to this phone, so its approval key was closed for safety. Pair \
             this phone again.",
            "この端末の顔または指紋の登録が変わったため、安全のために承認用の鍵を無効にしました。もう一度登録してください。",
        ),
        Reason::KeysLost => (
            "This phone no longer has the keys of this account. Pair it again.",
            "このアカウントの鍵が端末に見つかりません。もう一度登録してください。",
        ),
        Reason::KeyStoreFailed(_) | Reason::KeyStoreUnsound => (
            "This phone's key store did not work, and nothing was sent. Restart the phone and try again.",
            "端末の鍵が正しく動作しなかったため、何も送信していません。端末を再起動して、もう一度お試しください。",
        ),
        Reason::StorageFailed(_) => (
            "This phone could not read or save the account. Unlock it and try again.",
            "アカウントを読み込みまたは保存できませんでした。端末のロックを解除して、もう一度お試しください。",
        ),
        Reason::StorageDamaged => (
            "What is saved on this phone cannot be read. Update the app; if that does not help, forget it here \
             and pair this phone again.",
            "この端末に保存されている内容を読み込めません。アプリを更新してください。直らない場合は、保存内容を消去して、もう一度登録してください。",
        ),
        _ => return None,
    })
}

/// Links, devices, accounts.
fn of_the_pairing(reason: &Reason) -> Option<Pair> {
    Some(match reason {
        Reason::NotAPairingLink => (
            "This is not a code for adding a phone. Scan the one on the “Add a phone” page.",
            "スマートフォン登録用のコードではありません。「スマートフォンを追加」の画面のコードを読み取ってください。",
        ),
        Reason::NotAnAuthenticatorLink => (
            "This is not a code for an authenticator app. Scan the one that the site shows for setting one up.",
            "認証アプリ用のコードではありません。サイトの認証アプリ設定画面に表示されるコードを読み取ってください。",
        ),
        Reason::EmptyName => ("Type a name.", "名前を入力してください。"),
        Reason::AppTooOld => (
            "This version of the app is too old for your organisation. Update it, and everything goes on as before.",
            "このアプリのバージョンは、組織の設定では使用できません。アプリを更新すると、これまでどおりお使いいただけます。",
        ),
        Reason::InsecureServer => (
            "This link leads to a server without a secure connection, so it was not followed.",
            "接続が保護されていないサーバーへのリンクのため、開きませんでした。",
        ),
        Reason::PairingOver => (
            "This code is no longer good. Open “Add a phone” in the browser again and scan the new one.",
            "このコードは無効になりました。ブラウザーで「スマートフォンを追加」を開き直し、新しいコードを読み取ってください。",
        ),
        Reason::HardwareKeysRequired => (
            "Your organisation takes only phones that keep their keys in secure hardware, which this one does \
             not. Use another phone.",
            "組織の設定により、鍵を専用のハードウェアで保護する端末だけを登録できます。別の端末をお使いください。",
        ),
        Reason::AttestationRequired => (
            "Your organisation asks for a phone that can prove where it keeps its keys, and this one could not. \
             Update the phone and the app and try again, or use another phone.",
            "組織の設定により、鍵の保管場所を証明できる端末だけを登録できますが、この端末では証明できませんでした。端末とアプリを更新してもう一度お試しいただくか、別の端末をお使いください。",
        ),
        Reason::AttestationUnavailable => (
            "Your organisation asks for a phone that can prove where it keeps its keys, and the phone’s maker \
             could not be asked just now. Try again in a few minutes.",
            "組織の設定により、鍵の保管場所の証明が必要ですが、端末メーカーのサービスから証明を取得できませんでした。数分待ってから、もう一度お試しください。",
        ),
        Reason::DevicePasscodeNotAllowed => (
            "Your organisation asks for a face or a fingerprint, and does not take this phone's passcode in its \
             place. Set up a biometric, then pair this phone again with it, or use another way to sign in.",
            "組織の設定により、承認には顔認証または指紋認証が必要です。端末のパスコードは使えません。生体認証を設定してからこの端末をもう一度登録するか、別の方法でサインインしてください。",
        ),
        Reason::UnknownAccount => {
            ("This account is no longer on this phone.", "このアカウントは、この端末にはもうありません。")
        }
        Reason::UnknownDevice => (
            "The server no longer knows this phone. Remove the account here and pair again.",
            "この端末の登録は解除されています。アカウントを削除して、もう一度登録してください。",
        ),
        Reason::DeviceUnconfirmed => (
            "This phone is not confirmed yet. Type the code that it shows into the browser.",
            "登録がまだ完了していません。端末に表示されたコードをブラウザーに入力してください。",
        ),
        _ => return None,
    })
}

/// Logins, and whatever else the server said or did not say.
fn of_the_server(reason: &Reason) -> Pair {
    match reason {
        Reason::UnknownRequest => {
            ("There is nothing to answer here any more.", "このリクエストは、もうありません。")
        }
        Reason::AlreadyDecided => {
            ("This sign-in was answered already.", "このサインインには、すでに回答済みです。")
        }
        Reason::Expired => (
            "The time for this sign-in is over. Sign in again in the browser.",
            "このサインインの有効時間が過ぎました。ブラウザーでもう一度サインインしてください。",
        ),
        Reason::NotTrusted(Mistrust::ServerKey) => (
            "The server is not the one that this code was made for, so this phone was not added. Tell your \
             administrator.",
            "コードを発行したサーバーと確認できないため、登録を中止しました。管理者に知らせてください。",
        ),
        Reason::NotTrusted(_) => (
            "This request could not be verified, so it was not opened. Tell your administrator.",
            "正しいリクエストと確認できないため、開きませんでした。管理者に知らせてください。",
        ),
        Reason::Unreachable(_) => (
            "The server cannot be reached. Check your connection and try again.",
            "サーバーに接続できません。通信状況を確認して、もう一度お試しください。",
        ),
        Reason::CertificateWrong(_) => (
            "This network or server could not prove that it is the right one, so nothing was sent. Try another \
             network; if that does not help, tell your administrator.",
            "接続先が正しいサーバーと確認できないため、何も送信していません。別のネットワークをお試しください。直らない場合は、管理者に知らせてください。",
        ),
        Reason::NotAPushEndpoint => (
            "This app could not set up popups. Update it; until then, open it when you sign in.",
            "通知を設定できませんでした。アプリを更新してください。それまでは、サインインするときにこのアプリを開いてください。",
        ),
        Reason::Busy => (
            "The server is busy. Try again in a moment.",
            "サーバーが混み合っています。しばらくしてから、もう一度お試しください。",
        ),
        Reason::ClockSkew => (
            "This phone's clock is wrong. Set it to automatic, then try again.",
            "端末の時刻がずれています。日時を自動設定にして、もう一度お試しください。",
        ),
        Reason::NotFound => (
            "There is no Countersign server at this address any more. Ask your administrator.",
            "このアドレスにサーバーが見つかりません。管理者にお問い合わせください。",
        ),
        Reason::Refused(_) | Reason::UnknownAnswer => (
            "App and server do not understand each other. Update the app, then try again.",
            "アプリとサーバーの間で通信できませんでした。アプリを更新して、もう一度お試しください。",
        ),
        // Server faults and repeated calls; the rest is told by the other two tables.
        _ => (
            "That did not work. Try again in a moment.",
            "うまくいきませんでした。しばらくしてから、もう一度お試しください。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_protocol::api::ErrorCode;

    fn all() -> Vec<Reason> {
        use Reason as R;
        vec![
            R::NumberDigits(1),
            R::NumberDigits(6),
            R::Cancelled,
            R::UnderWay,
            R::NotAPairingLink,
            R::NotAnAuthenticatorLink,
            R::EmptyName,
            R::AppTooOld,
            R::InsecureServer,
            R::PairingOver,
            R::HardwareKeysRequired,
            R::AttestationRequired,
            R::AttestationUnavailable,
            R::NoHardware,
            R::NotAllowed,
            R::LockedOut,
            R::BiometricsChanged,
            R::KeysLost,
            R::KeyStoreFailed("secret detail".into()),
            R::KeyStoreUnsound,
            R::StorageFailed("secret detail".into()),
            R::StorageDamaged,
            R::UnknownAccount,
            R::UnknownDevice,
            R::DeviceUnconfirmed,
            R::UnknownRequest,
            R::AlreadyDecided,
            R::Expired,
            R::NotTrusted(Mistrust::ServerKey),
            R::NotTrusted(Mistrust::Signature),
            R::Unreachable("secret detail".into()),
            R::CertificateWrong("secret detail".into()),
            R::NotAPushEndpoint,
            R::Busy,
            R::ServerFault,
            R::ClockSkew,
            R::Replayed,
            R::Refused(ErrorCode::BadCall),
            R::UnknownAnswer,
            R::NotFound,
        ]
    }

    #[test]
    fn each_reason_has_a_sentence_in_each_language_and_keeps_details_to_the_log() {
        for why in all() {
            let english = reason(&why, Lang::English);
            assert!(english.is_ascii() || english.contains(['“', '’']), "{english}");
            assert!(english.ends_with('.') && !english.contains("detail"), "{english}");
            let japanese = reason(&why, Lang::Japanese);
            assert!(japanese.ends_with('。') && !japanese.contains("detail"), "{japanese}");
        }
    }

    #[test]
    fn only_faults_of_the_server_share_the_last_sentence() {
        let last = reason(&Reason::ServerFault, Lang::English);
        let sharing: Vec<_> = all().into_iter().filter(|why| reason(why, Lang::English) == last).collect();
        assert_eq!(sharing, [Reason::ServerFault, Reason::Replayed]);
    }
}
