import type { Words } from '../words.js';

export const upstream: Words['upstream'] = {
  continueWith: (provider) => `使用 ${provider} 繼續`,
  anotherWay: '改用其他方式',
  leavingTitle: (provider) => `前往 ${provider}`,
  leaving: (host) => ['你會在 ', host, ' 登入，然後回到這裡。'],
  goOn: (provider) => `前往 ${provider}`,
  provider: '來自',
  name: '名稱',
  email: '電子郵件',
  createTitle: (provider) => `要用 ${provider} 建立帳號嗎？`,
  createLede: (brand) => `你在 ${brand} 還沒有帳號。新帳號會使用以下名稱和電子郵件地址。`,
  create: '建立我的帳號',
  connectTitle: '你已經有帳號。',
  connectConsequence: '尚未連結任何東西。',
  connectLede: (provider) =>
    `已有帳號使用這個電子郵件地址。那是你的嗎？用你的通行密鑰就能連結 ${provider}，之後也可以用 ${provider} 登入。`,
  connect: (provider) => `用我的通行密鑰連結 ${provider}`,
  noPasskey: '還沒有通行密鑰？請先用其他方式登入，並在帳號中新增一個。',
  weaker: (provider) => `用 ${provider} 登入的強度低於通行密鑰。要求更高強度的應用程式會需要你的通行密鑰。`,
};
