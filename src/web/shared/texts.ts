/** Sentences that every page uses. */
export const texts = {
  unanswered: '网络不太好，没有收到回应，请稍后再试',
  close: '关闭',
  loading: '正在加载',
  retry: '再试一次',
  more: '加载更多',
}
