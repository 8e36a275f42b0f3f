// The sample's own words: labels of its buttons and headings. Sentences come from the core.

package io.countersign.sample

import java.util.Locale

internal class Texts private constructor(private val japanese: Boolean) {
    private fun say(english: String, inJapanese: String) = if (japanese) inJapanese else english

    val waiting = say("Waiting for you", "確認待ち")
    val nothingWaits = say("Nothing is waiting. Sign-in requests appear here.", "確認待ちのサインインはありません。届くとここに表示されます。")
    val accounts = say("Accounts", "アカウント")
    val noAccounts = say("No accounts yet. Add one with the link from your browser.", "アカウントはまだありません。ブラウザーに表示されたリンクで追加できます。")
    val addAccount = say("Add an account", "アカウントを追加")
    val pairHint = say("In your browser, choose “Add a phone”, then open or paste its link here.", "ブラウザーで「スマートフォンを追加」を選び、表示されたリンクを開くか、ここに貼り付けてください。")
    val pairSubmit = say("Continue", "次へ")
    val typeCode = say("Type this code in your browser", "このコードをブラウザーに入力してください")
    val pairDone = say("This phone can now approve your sign-ins.", "このスマートフォンでサインインを承認できます。")
    val unconfirmed = say("Waiting for the code", "コードの入力待ち")
    val browser = say("Browser", "ブラウザー")
    val place = say("Place", "場所")
    val address = say("Address", "IPアドレス")
    val asked = say("Time", "時刻")
    val approve = say("Approve", "承認")
    val deny = say("Deny", "拒否")
    val report = say("This wasn’t me", "心当たりがない")
    val reportTitle = say("Report this sign-in?", "このサインインを報告しますか？")
    val reportText = say(
        "If you did not start it, someone else knows your password. If you report it, the sign-in stops, you are signed out everywhere, and you choose a new password when you next sign in.",
        "心当たりがなければ、パスワードを知られているおそれがあります。報告すると、このサインインを中止してすべての端末からサインアウトし、次のサインインで新しいパスワードを設定します。",
    )
    val reportYes = say("Report and stop it", "報告して止める")
    val numberTitle = say("Type the number shown in your browser", "ブラウザーに表示された数字を入力してください")
    val codes = say("Codes", "認証コード")
    val noCodes = say("No codes yet. Add one with the set-up link of a site.", "認証コードはまだありません。サイトの設定用リンクで追加できます。")
    val addCode = say("Add a code", "認証コードを追加")
    val codeHint = say("A link that begins with otpauth://", "otpauth:// で始まるリンク")
    val change = say("Change or move", "変更・移行")
    val codeIssuer = say("Site", "サイト名")
    val codeName = say("Account", "アカウント名")
    val save = say("Save", "保存")
    val exportCode = say("Show as a QR code", "QRコードで表示")
    val exportText = say(
        "The QR code holds the secret of this account: whoever sees it can make the same codes. Show it to your own phone alone.",
        "QRコードにはこのアカウントの秘密の鍵が含まれています。見た人は誰でも同じ認証コードを作れます。ご自身のスマートフォン以外には見せないでください。",
    )
    val exportYes = say("Show it for a minute", "1分間表示する")
    val exportScan = say("Scan it with the authenticator app on your other phone.", "もう一台のスマートフォンの認証アプリで読み取ってください。")
    val removeCodeTitle = say("Remove this code?", "この認証コードを削除しますか？")
    val removeCodeText = say(
        "This phone makes no more codes for it. Without another way you can no longer sign in there: turn codes off on the site first.",
        "このスマートフォンでは認証コードを表示できなくなります。ほかの方法がないとサインインできなくなるため、先にサイト側で認証コードを無効にしてください。",
    )
    val oldTitle = say("Remove the old entry?", "以前の登録を削除しますか？")
    val oldText = say(
        "This phone is paired anew. The old entry of this account no longer works here.",
        "新しく登録しました。このアカウントの以前の登録は、この端末ではもう使えません。",
    )
    val later = say("Not now", "あとで")
    val remove = say("Remove", "削除")
    val removeTitle = say("Remove this account?", "このアカウントを削除しますか？")
    val removeText = say("This phone can no longer approve its sign-ins then.", "削除すると、このスマートフォンではサインインを承認できなくなります。")
    val removeHereText = say(
        "The server could not be reached, so it does not know yet. Remove the account from this phone all the same? It then stays in your account’s list of phones until you remove it there.",
        "サーバーに接続できないため、まだ通知されていません。この端末からだけ削除しますか？その場合は、アカウントの端末一覧からも削除してください。",
    )
    val removeHere = say("Remove it here", "この端末から削除")
    val updateApp = say("Update the app", "アプリを更新する")
    val forgetDamaged = say("Forget what is saved", "保存内容を消去する")
    val tryAgain = say("Try again", "もう一度試す")
    val back = say("Back", "戻る")
    val done = say("Done", "完了")

    fun browserOn(browser: String, system: String) = say("$browser on $system", "$browser（$system）")

    fun timeLeft(seconds: Long): String {
        val left = "%d:%02d".format(seconds / 60, seconds % 60)
        return say("$left left", "残り$left")
    }

    companion object {
        fun of(locale: Locale) = Texts(locale.language == "ja")
    }
}
