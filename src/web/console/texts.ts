/** What is around the screens. Each screen has its own texts beside it. */
export const texts = {
  signIn: { title: '工作台', lead: '店员用手机号登录，岗位由店主开通' },
  more: '更多',
  account: '我的岗位',
  roles: { owner: '店主', manager: '店长', reviewer: '审核员', cashier: '收银员', auditor: '审计员' },
  noStaff: '这个手机号还没有店员岗位',
  noStaffHint: '请店主给你开通岗位，开通后再回到这里',
  noRight: (role: string) => `${role}没有这项权限`,
  noRightHint: '需要的话，请店主调整你的岗位',
  noScreen: '没有这个页面',
  toFirst: '回到工作台',
  toDiner: '去顾客页面',
  stale: '页面有更新，请刷新后继续，已填写的内容不会丢',
  reload: '刷新',
  given: '今天自主发放',
  reviewed: '今天审核发放',
  ofLimit: (used: string, limit: string) => `${used} / ${limit}`,
}
