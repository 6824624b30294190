import type { Words } from '../words.js';

export const mail: Words['mail'] = {
  sign_up_code_subject: ({ brand }) => `你的 ${brand} 驗證碼`,
  sign_up_code: ({ brand, minutes }) =>
    `請在註冊 ${brand} 的頁面輸入這組驗證碼：

驗證碼在 ${minutes} 分鐘內有效。${brand} 的人員絕不會向你索取。

如果你沒有要註冊，請忽略這封郵件。沒有驗證碼，什麼都不會發生。`,

  sign_up_address_taken_subject: ({ brand }) => `你已有 ${brand} 帳號`,
  sign_up_address_taken: ({ brand }) =>
    `有人（也許是你）想用這個電子郵件地址註冊 ${brand}。這個地址已有帳號，因此沒有建立新帳號。

如果是你，請改用通行密鑰登入。如果不是，你不必做任何事：對方沒有拿到驗證碼，也不會知道你有帳號。`,

  change_address_code_subject: ({ brand }) => `你的 ${brand} 驗證碼`,
  change_address_code: ({ brand, minutes }) =>
    `請輸入這組驗證碼，將此地址設為你 ${brand} 帳號的電子郵件地址：

驗證碼在 ${minutes} 分鐘內有效。${brand} 的人員絕不會向你索取。

如果你沒有 ${brand} 帳號，請忽略這封郵件：有人輸入錯了地址。`,

  recovery_code_mail_subject: ({ brand }) => `找回 ${brand} 帳號的驗證碼`,
  recovery_code_mail: ({ brand, minutes }) =>
    `請在找回 ${brand} 帳號的頁面輸入這組驗證碼：

驗證碼在 ${minutes} 分鐘內有效。${brand} 的人員絕不會向你索取。

如果不是你，表示有人想進入你的帳號。沒有這組驗證碼就進不去，請勿告訴任何人。`,

  you_are_back_subject: ({ brand }) => `你已找回 ${brand} 帳號`,
  you_are_back: ({ paid, left }) =>
    `你已找回帳號。這是用郵件驗證碼和復原碼找回的，其他所有裝置都已登出。付費模型將於 ${paid} 重新開放。復原碼剩餘 ${left} 組。

如果不是你，請立刻取消這次復原。闖入的人會馬上被登出，其新增的通行密鑰也會移除。`,
  undo: '取消這次復原',

  passkey_added_subject: ({ brand }) => `你的 ${brand} 帳號新增了通行密鑰`,
  passkey_added: ({ brand, passkey }) => `通行密鑰「${passkey}」現在可以登入你的 ${brand} 帳號。`,
  passkey_held: ({ from }) => `在 ${from} 之前，它不能核准付款或變更。`,

  passkey_removed_subject: ({ brand }) => `你的 ${brand} 帳號移除了通行密鑰`,
  passkey_removed: ({ brand, passkey }) => `通行密鑰「${passkey}」不能再登入你的 ${brand} 帳號。`,

  recovery_codes_made_subject: ({ brand }) => `你的 ${brand} 帳號有新的復原碼`,
  recovery_codes_made: ({ brand }) => `已為你的 ${brand} 帳號產生新的復原碼，舊的復原碼不再有效。`,

  address_changed_subject: ({ brand }) => `你的 ${brand} 帳號變更了電子郵件地址`,
  address_changed: ({ brand, address }) => `你的 ${brand} 帳號的電子郵件地址現在是 ${address}。`,

  app_disowned_subject: ({ brand }) => `有應用程式以你的名義在 ${brand} 提出請求`,
  app_disowned: ({ brand, app }) =>
    `你表示沒有要求 ${app} 的請求。它已與你的 ${brand} 帳號中斷連結，一段時間內不能再向你提出請求。`,
  app_disconnected_subject: ({ brand }) => `應用程式已與你的 ${brand} 帳號中斷連結`,
  app_disconnected: ({ brand, app }) => `${app} 不能再存取你的 ${brand} 帳號。`,

  approval_wanted_subject: ({ brand }) => `有應用程式需要你在 ${brand} 核准`,
  approval_wanted: ({ app, minutes }) =>
    `${app} 需要你的核准，會等 ${minutes} 分鐘。\n\n請開啟頁面看它要求什麼。你需要另一個畫面上顯示的數字。如果不是你要求的，請在那裡告訴我們。`,
  approve: '看它要求什麼',

  signed_out_everywhere_subject: ({ brand }) => `你的 ${brand} 帳號已在所有地方登出`,
  signed_out_everywhere: ({ brand }) => `所有瀏覽器和應用程式都已登出你的 ${brand} 帳號。需要時請重新登入。`,

  identity_linked_subject: ({ brand }) => `你的 ${brand} 帳號連結了新的登入方式`,
  identity_linked: ({ brand, provider }) => `你現在也可以用 ${provider} 登入 ${brand} 帳號。`,

  identity_unlinked_subject: ({ brand }) => `你的 ${brand} 帳號取消連結了一種登入方式`,
  identity_unlinked: ({ brand, provider }) => `${provider} 不能再登入你的 ${brand} 帳號。`,

  account_deleted_subject: ({ brand }) => `你的 ${brand} 帳號已刪除`,
  account_deleted: ({ brand }) => `你的 ${brand} 帳號及其中所有資料都已刪除。這是關於它的最後一封郵件。`,

  data_exported_subject: ({ brand }) => `你的 ${brand} 資料已匯出`,
  data_exported: ({ brand }) => `有人下載了你 ${brand} 帳號的資料副本。`,

  new_browser_signed_in_subject: ({ brand }) => `有新的瀏覽器登入你的 ${brand} 帳號`,
  new_browser_signed_in: ({ brand }) => `有一個我們沒見過的瀏覽器登入了你的 ${brand} 帳號。`,

  test_subject: ({ brand }) => `來自 ${brand} 的測試郵件`,
  test: ({ brand }) => `這是測試。${brand} 的郵件可以送達。`,

  when: ({ when }) => `時間：${when}`,
  browser: ({ browser }) => `瀏覽器：${browser}`,
  place: ({ place }) => `地點：${place}`,
  not_you: '如果不是你，請開啟你的帳號，按「全部鎖定」，再重新登入，移除不屬於你的項目。',
  open_account: '開啟你的帳號',
};
