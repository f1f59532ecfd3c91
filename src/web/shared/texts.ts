/** Sentences that every page uses. */
export const texts = {
  unanswered: '网络不太好，没有收到回应，请稍后再试',
  close: '关闭',
  loading: '正在加载',
  retry: '再试一次',
  more: '加载更多',
  menu: '主菜单',
  signOut: '退出登录',
  line: { live: '实时', joining: '连接中', away: '连接断开，正在重连' },
  signIn: {
    phone: '手机号',
    code: '短信验证码',
    send: '获取验证码',
    resend: (left_s: number) => `${left_s} 秒后可重发`,
    sent: '验证码已发送',
    enter: '登录',
    devCode: (code: string) => `开发环境：验证码填 ${code}`,
    welcome: (name: string) => `欢迎你，${name}`,
  },
}
