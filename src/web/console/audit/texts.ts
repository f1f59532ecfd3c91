export const texts: {
  title: string
  action: string
  allActions: string
  actions: Record<string, string>
  target: string
  targetHint: string
  actor: string
  actorHint: string
  from: string
  to: string
  clear: string
  empty: string
  byCommand: (user: string) => string
  somebody: string
  from_network: (id: string) => string
  details: string
  onlyTarget: (target: string) => string
  onlyActor: (name: string) => string
} = {
  title: '操作记录',
  action: '做了什么',
  allActions: '全部操作',
  actions: {
    'review.approve': '通过小票',
    'review.reject': '拒绝小票',
    'points.adjust': '调整积分',
    'approval.ask': '提交审批',
    'approval.approve': '同意审批',
    'approval.reject': '拒绝审批',
    'voucher.redeem': '核销卡券',
    'member.look_up': '查找顾客',
    'member.ledger': '查看顾客明细',
    'product.create': '新增商品',
    'product.edit': '修改商品',
    'product.delete': '下架商品',
    'product.stock': '调整商品库存',
    'product.image': '上传商品图',
    'prize.stock': '调整奖品份数',
    'wheel.replace': '修改转盘',
    'wheel.withdraw': '撤回转盘修改',
    'wheel.close': '关闭转盘',
    'wheel.open': '打开转盘',
    'wheel.install': '安装转盘',
    'staff.grant': '授予岗位',
    'staff.revoke': '取消岗位',
    'account.active': '启用账号',
    'account.banned': '停用账号',
    'job.run': '手动运行任务',
    'images.sweep': '清理图片',
    'images.restore': '恢复图片',
    'images.adopt': '接管图片库',
    'log.adopt': '补记日志',
    'log.restart': '重开日志',
    'reconcile.repair': '修复对账',
  },
  target: '对象',
  targetHint: '比如 user:5',
  actor: '操作人编号',
  actorHint: '比如 12',
  from: '从',
  to: '到',
  clear: '清除筛选',
  empty: '没有符合条件的记录',
  byCommand: (user) => `命令行（${user}）`,
  somebody: '系统',
  from_network: (id) => `网络 ${id}`,
  details: '详情',
  onlyTarget: (target) => `只看 ${target}`,
  onlyActor: (name) => `只看 ${name} 做的`,
}
