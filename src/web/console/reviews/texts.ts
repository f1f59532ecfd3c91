export const texts = {
  title: '审核',
  status: { pending: '待审核', approved: '已通过', rejected: '未通过', expired: '已过期' },
  filters: '审核状态',
  empty: '没有等待审核的小票，休息一下吧',
  amount: (yuan: string | null) => (yuan === null ? '未填写金额' : `¥${yuan}`),
}
