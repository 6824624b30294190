import type { Words } from '../words.js';

export const passkeys: Words['passkeys'] = {
  unnamed: '通行密鑰',
  script: {
    waiting: '正在等待你的通行密鑰…',
    signingIn: '正在登入…',
    unsupported: '這個瀏覽器無法在這裡使用通行密鑰。請更新瀏覽器，或改用其他瀏覽器開啟本頁。',
    notUsed: '沒有使用通行密鑰。你可以再試一次。',
    exists: '這部裝置上已有你的通行密鑰，請直接用它登入。',
    wrongAddress: '通行密鑰無法在這個網址使用。請確認網址是否正確。',
    noneFits: '這部裝置上沒有我們能用的通行密鑰。',
    failed: '沒有成功。請檢查網路連線，再試一次。',
    requestId: '要求編號：',
  },
};
