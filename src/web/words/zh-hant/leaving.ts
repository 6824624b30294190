import type { Words } from '../words.js';

export const leaving: Words['leaving'] = {
  signOutTitle: '登出',
  signOut: '要登出嗎？',
  comeBack: '你隨時可以再登入。',
  appAsks: (app, brand) => [app, ` 要求將你登出 ${brand}，也就是登出你在這個瀏覽器登入過的每個應用程式。`],
  stay: '保持登入',
  signedOutTitle: '已登出',
  signedOut: '你已登出。',
  canClose: '你可以關閉本頁。',
  ofApp: (app) => `已登出 ${app}。`,
  asksAgain: '你在這個瀏覽器登入過的應用程式會再次請你登入。',
  stillSignedIn: (brand) => `你在這個瀏覽器仍登入 ${brand}。`,
  moment: '請稍候',
  onYourWay: '正在帶你前往。',
};
