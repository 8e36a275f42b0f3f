// What the sample app says by itself, in English and Japanese. What happened, and what to do about it, comes from
// the core.

import Foundation

/// The app's own words.
public struct Texts: Sendable, Equatable {
    public let waiting: String
    public let nothingWaits: String
    public let accounts: String
    public let noAccounts: String
    public let addAccount: String
    public let scanHint: String
    public let typeLink: String
    public let linkField: String
    public let next: String
    public let pairTitle: String
    public let pairDone: String
    public let stateActive: String
    public let stateUnconfirmed: String
    public let stateLost: String
    public let removeAccount: String
    public let removeTitle: String
    public let removeText: String
    public let removeHere: String
    public let removeHereText: String
    public let openedTitle: String
    public let forgetDamaged: String
    public let review: String
    public let browser: String
    public let place: String
    public let address: String
    public let asked: String
    public let approve: String
    public let deny: String
    public let report: String
    public let reportTitle: String
    public let reportText: String
    public let reportYes: String
    public let back: String
    public let numberTitle: String
    public let approvedTitle: String
    public let deniedTitle: String
    public let reportedTitle: String
    public let wrongNumberTitle: String
    public let errorTitle: String
    public let pairAgain: String
    public let updateApp: String
    public let again: String
    public let done: String
    public let codes: String
    public let renameCode: String
    public let exportCode: String
    public let exportText: String
    public let exportYes: String
    public let exportScan: String
    public let removeCode: String
    public let removeCodeTitle: String
    public let removeCodeText: String
    public let oldTitle: String
    public let oldText: String
    public let later: String

    /// In a language that is given as a tag such as `ja-JP`; English where it is none of ours.
    public static func of(_ language: String) -> Texts {
        let language = language.split(whereSeparator: { "-_.".contains($0) }).first
        return language?.lowercased() == "ja" ? .japanese : .english
    }

    public static let english = Texts(
        waiting: "Waiting for you",
        nothingWaits: "Nothing is waiting. Sign-in requests appear here.",
        accounts: "Accounts",
        noAccounts: "No accounts yet. Add one with the code from your browser.",
        addAccount: "Add an account",
        scanHint: "In your browser, choose “Add a phone”, then point the camera at its code.",
        typeLink: "Paste a link instead",
        linkField: "Pairing link",
        next: "Continue",
        pairTitle: "Type this code in your browser",
        pairDone: "This phone can now approve your sign-ins.",
        stateActive: "Ready",
        stateUnconfirmed: "Waiting for the code",
        stateLost: "Pair again",
        removeAccount: "Remove from this phone",
        removeTitle: "Remove this account?",
        removeText: "This phone can no longer approve its sign-ins then.",
        removeHere: "Remove it here",
        removeHereText: "The server could not be reached, so it does not know yet. Remove the account from this phone "
            + "all the same? It then stays in your account’s list of phones until you remove it there.",
        openedTitle: "Use this phone to sign in to:",
        forgetDamaged: "Forget what is saved",
        review: "Is this you signing in?",
        browser: "Browser",
        place: "Place",
        address: "Address",
        asked: "Time",
        approve: "Approve",
        deny: "Deny",
        report: "This wasn’t me",
        reportTitle: "Report this sign-in?",
        reportText: "If you did not start it, someone else knows your password. Reporting it stops this sign-in "
            + "and signs you out everywhere.",
        reportYes: "Report and stop it",
        back: "Back",
        numberTitle: "Type the number shown in your browser",
        approvedTitle: "Approved",
        deniedTitle: "Denied",
        reportedTitle: "Reported",
        wrongNumberTitle: "That was not the number",
        errorTitle: "That didn’t work",
        pairAgain: "Pair again",
        updateApp: "Update the app",
        again: "Try again",
        done: "Done",
        codes: "Codes",
        renameCode: "Rename",
        exportCode: "Show as a QR code",
        exportText: "The QR code holds the secret of this account: whoever sees it can make the same codes. "
            + "Show it to your own phone alone.",
        exportYes: "Show it",
        exportScan: "Scan it with the authenticator app on your other phone.",
        removeCode: "Remove",
        removeCodeTitle: "Remove this code?",
        removeCodeText: "This phone makes no more codes for it. Without another way you can no longer sign in there: "
            + "turn codes off on the site first.",
        oldTitle: "Remove the old entry?",
        oldText: "The old entry of this account no longer works on this phone.",
        later: "Not now"
    )

    public static let japanese = Texts(
        waiting: "確認待ち",
        nothingWaits: "確認待ちのサインインはありません。届くとここに表示されます。",
        accounts: "アカウント",
        noAccounts: "アカウントはまだありません。ブラウザーに表示されたコードで追加できます。",
        addAccount: "アカウントを追加",
        scanHint: "ブラウザーで「スマートフォンを追加」を選び、表示されたコードを読み取ってください。",
        typeLink: "リンクを貼り付ける",
        linkField: "ペアリング用リンク",
        next: "次へ",
        pairTitle: "このコードをブラウザーに入力してください",
        pairDone: "このスマートフォンでサインインを承認できます。",
        stateActive: "利用できます",
        stateUnconfirmed: "コードの入力待ち",
        stateLost: "再登録が必要です",
        removeAccount: "このスマートフォンから削除",
        removeTitle: "このアカウントを削除しますか？",
        removeText: "削除すると、このスマートフォンではサインインを承認できなくなります。",
        removeHere: "この端末から削除",
        removeHereText: "サーバーに接続できないため、まだ通知されていません。この端末からだけ削除しますか？"
            + "その場合は、アカウントの端末一覧からも削除してください。",
        openedTitle: "このスマートフォンを次のサインインに使いますか？",
        forgetDamaged: "保存内容を消去する",
        review: "ご本人のサインインですか？",
        browser: "ブラウザー",
        place: "場所",
        address: "IPアドレス",
        asked: "時刻",
        approve: "承認",
        deny: "拒否",
        report: "心当たりがない",
        reportTitle: "このサインインを報告しますか？",
        reportText: "心当たりがなければ、パスワードを知られているおそれがあります。"
            + "報告すると、このサインインを中止し、すべての端末からサインアウトします。",
        reportYes: "報告して止める",
        back: "戻る",
        numberTitle: "ブラウザーに表示された数字を入力してください",
        approvedTitle: "承認しました",
        deniedTitle: "拒否しました",
        reportedTitle: "報告しました",
        wrongNumberTitle: "数字が違います",
        errorTitle: "うまくいきませんでした",
        pairAgain: "もう一度登録する",
        updateApp: "アプリを更新する",
        again: "もう一度試す",
        done: "完了",
        codes: "確認コード",
        renameCode: "名前を変更",
        exportCode: "QRコードで表示",
        exportText: "QRコードにはこのアカウントの秘密の鍵が含まれています。見た人は誰でも同じ確認コードを作れます。"
            + "ご自身のスマートフォン以外には見せないでください。",
        exportYes: "表示する",
        exportScan: "もう一台のスマートフォンの認証アプリで読み取ってください。",
        removeCode: "削除",
        removeCodeTitle: "この確認コードを削除しますか？",
        removeCodeText: "このスマートフォンでは確認コードを表示できなくなります。ほかの方法がないとサインインできなくなるため、"
            + "先にサイト側で確認コードを無効にしてください。",
        oldTitle: "以前の登録を削除しますか？",
        oldText: "このアカウントの以前の登録は、このスマートフォンではもう使えません。",
        later: "あとで"
    )
}
