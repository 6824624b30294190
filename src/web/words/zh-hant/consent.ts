import type { Words } from '../words.js';

export const consent: Words['consent'] = {
  title: (app) => `要允許 ${app} 嗎？`,
  able: '它可以',
  neverAble: '它永遠不能',
  you: (person) => ['目前帳號：', person],
  either: (place) => ['無論如何，你都會回到 ', place],
  onDevice: {
    heading: '只有這部裝置上的應用程式能收到這項授權。',
    lede: '請確定是你自己剛剛啟動了它，再繼續。',
  },
  spending: {
    open: '它可以呼叫模型，可能產生費用',
    approved: '只有在你核准時，它才能呼叫模型',
  },
  allow: '允許',
  deny: '不允許',
  scopes: {
    identity: '知道是你本人',
    name: '看到你的名稱',
    email: '看到你的電子郵件',
    nameAndEmail: '看到你的名稱和電子郵件',
    stay: '保持連結，直到你移除它',
    readModels: '看到你能使用哪些模型',
    callModels: '替你呼叫模型',
    callTier: (tier) => `替你呼叫 ${tier} 模型`,
    readModelsAt: (host) => `看到你在 ${host} 能使用哪些模型`,
    callModelsAt: (host) => `替你呼叫 ${host} 的模型`,
    callTierAt: (tier, host) => `替你呼叫 ${host} 的 ${tier} 模型`,
    other: (scope, host) => `在 ${host} 使用「${scope}」`,
  },
  tiers: {
    afterSignIn: (tier, time) => `在你登入後的 ${time}內呼叫 ${tier} 模型`,
    byPasskey: (tier) => `在你以通行密鑰登入後呼叫 ${tier} 模型`,
    afterPasskey: (tier, time) => `在你使用通行密鑰後的 ${time}內呼叫 ${tier} 模型`,
    byHardwareKey: (tier) => `在你以實體安全金鑰登入後呼叫 ${tier} 模型`,
    afterHardwareKey: (tier, time) => `在你使用實體安全金鑰後的 ${time}內呼叫 ${tier} 模型`,
    session: (tier, time) => `在你每次核准後的 ${time}內呼叫 ${tier} 模型`,
    budget: (tier, amount) => `在你每次核准後呼叫 ${tier} 模型，每次最多 ${amount}`,
    call: (tier) => `呼叫 ${tier} 模型，每一次都要你核准`,
  },
  limits: {
    otherDevice: '在其他裝置上使用這項權限',
    spend: '呼叫模型或花費任何金額',
    passkeys: '看到或更改你的通行密鑰',
  },
};
