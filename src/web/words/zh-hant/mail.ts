import type { Words } from '../words.js';

export const mail: Words['mail'] = {
  sign_up_code_subject: ({ brand }) => `您的 ${brand} 驗證碼`,
  sign_up_code: ({ brand, minutes }) =>
    `請在註冊 ${brand} 的頁面輸入這組驗證碼：

驗證碼在 ${minutes} 分鐘內有效。${brand} 的人員絕不會向您索取。

如果您沒有要註冊，請忽略這封郵件。沒有驗證碼，什麼都不會發生。`,

  sign_up_address_taken_subject: ({ brand }) => `您已經有 ${brand} 帳戶`,
  sign_up_address_taken: ({ brand }) =>
    `有人（也許是您）想用這個電子郵件地址註冊 ${brand}。這個地址已有帳戶，因此沒有建立新帳戶。

如果是您，請改用通行密鑰登入。如果不是，您不必做任何事：對方沒有拿到驗證碼，也不會知道您有帳戶。`,

  change_address_code_subject: ({ brand }) => `您的 ${brand} 驗證碼`,
  change_address_code: ({ brand, minutes }) =>
    `請輸入這組驗證碼，將此地址設為您 ${brand} 帳戶的電子郵件地址：

驗證碼在 ${minutes} 分鐘內有效。${brand} 的人員絕不會向您索取。

如果您沒有 ${brand} 帳戶，請忽略這封郵件：有人輸入錯了地址。`,

  recovery_code_mail_subject: ({ brand }) => `您的 ${brand} 帳戶復原驗證碼`,
  recovery_code_mail: ({ brand, minutes }) =>
    `請在復原 ${brand} 帳戶的頁面輸入這組驗證碼：

驗證碼在 ${minutes} 分鐘內有效。${brand} 的人員絕不會向您索取。

如果不是您，表示有人想進入您的帳戶。沒有這組驗證碼就進不去，請勿告訴任何人。`,

  you_are_back_subject: ({ brand }) => `您已重新進入 ${brand} 帳戶`,
  you_are_back: ({ paid }) =>
    `您已重新進入帳戶。帳戶是以郵件驗證碼和備用碼復原的，其他所有裝置都已登出。付費模型將於 ${paid} 重新開放。

如果不是您，請立刻復原此操作。闖入的人會馬上被登出，其新增的通行密鑰也會移除。`,
  undo: '取消這次復原',

  passkey_added_subject: ({ brand }) => `您的 ${brand} 帳戶新增了通行密鑰`,
  passkey_added: ({ brand, passkey }) => `通行密鑰「${passkey}」現在可以登入您的 ${brand} 帳戶。`,
  passkey_held: ({ from }) => `從 ${from} 起，它才能核准付款與變更。`,

  passkey_removed_subject: ({ brand }) => `您的 ${brand} 帳戶移除了通行密鑰`,
  passkey_removed: ({ brand, passkey }) => `通行密鑰「${passkey}」不能再登入您的 ${brand} 帳戶。`,

  recovery_codes_made_subject: ({ brand }) => `您的 ${brand} 帳戶有新的備用碼`,
  recovery_codes_made: ({ brand }) => `已為您的 ${brand} 帳戶產生新的備用碼，舊的備用碼不再有效。`,

  recovery_code_used_subject: ({ brand }) => `您的 ${brand} 帳戶使用了一組備用碼`,
  recovery_code_used: ({ brand, left }) =>
    `您的 ${brand} 帳戶使用了一組備用碼，這組備用碼不能再用。剩餘：${left} 組。`,

  address_changed_subject: ({ brand }) => `您的 ${brand} 帳戶變更了電子郵件地址`,
  address_changed: ({ brand, address }) => `您的 ${brand} 帳戶的電子郵件地址現在是 ${address}。`,

  app_disconnected_subject: ({ brand }) => `應用程式已與您的 ${brand} 帳戶中斷連結`,
  app_disconnected: ({ brand, app }) => `${app} 不能再存取您的 ${brand} 帳戶。`,

  signed_out_everywhere_subject: ({ brand }) => `您的 ${brand} 帳戶已在所有地方登出`,
  signed_out_everywhere: ({ brand }) => `所有瀏覽器和應用程式都已登出您的 ${brand} 帳戶。需要時請重新登入。`,

  identity_linked_subject: ({ brand }) => `您的 ${brand} 帳戶連結了新的登入方式`,
  identity_linked: ({ brand, provider }) => `您現在也可以用 ${provider} 登入 ${brand} 帳戶。`,

  identity_unlinked_subject: ({ brand }) => `您的 ${brand} 帳戶取消連結了一種登入方式`,
  identity_unlinked: ({ brand, provider }) => `${provider} 不能再登入您的 ${brand} 帳戶。`,

  account_deleted_subject: ({ brand }) => `您的 ${brand} 帳戶已刪除`,
  account_deleted: ({ brand }) => `您的 ${brand} 帳戶及其中所有資料都已刪除。這是關於它的最後一封郵件。`,

  data_exported_subject: ({ brand }) => `您的 ${brand} 資料已匯出`,
  data_exported: ({ brand }) => `有人下載了您 ${brand} 帳戶的資料副本。`,

  new_browser_signed_in_subject: ({ brand }) => `有新的瀏覽器登入您的 ${brand} 帳戶`,
  new_browser_signed_in: ({ brand }) => `有一個我們沒見過的瀏覽器登入了您的 ${brand} 帳戶。`,

  test_subject: ({ brand }) => `來自 ${brand} 的測試郵件`,
  test: ({ brand }) => `這是測試。${brand} 的郵件可以送達。`,

  when: ({ when }) => `時間：${when}`,
  browser: ({ browser }) => `瀏覽器：${browser}`,
  place: ({ place }) => `地點：${place}`,
  not_you: '如果不是您，請開啟您的帳戶，在所有地方登出，並移除不屬於您的項目。',
  open_account: '開啟您的帳戶',
};
