/** The prizes of the default wheel, in order of their angle. Probabilities are in ten-thousandths. */
export const defaultPrizes = [
  prize(1, '八八折券', 'coupon', 88, 0, 500, '#FF6B6B'),
  prize(2, '50积分', 'points', 50, 45, 2_000, '#4ECDC4'),
  prize(3, '九八折券', 'coupon', 98, 90, 1_000, '#45B7D1'),
  prize(4, '100积分', 'points', 100, 135, 1_500, '#96CEB4'),
  prize(5, '免费咖啡', 'physical', 1, 180, 800, '#FFEAA7'),
  prize(6, '30积分', 'points', 30, 225, 2_500, '#DDA0DD'),
  { ...prize(7, '神秘大奖', 'physical', 1, 270, 200, '#FF7675'), is_activity: true },
  prize(8, '谢谢参与', 'empty', 0, 315, 1_500, '#74B9FF'),
]

/** The guaranteed prize of the default wheel. */
export const defaultPityPrizeId = 3

/** Sample products, for a restaurant that has not entered its own yet. */
export const sampleProducts = [
  product('招牌红烧肉', '热菜', 880, 50, '慢炖三小时，肥而不腻', true),
  product('清蒸鲈鱼', '热菜', 1_280, 30, '当日鲜活，清蒸原味', true),
  product('宫保鸡丁', '热菜', 580, 80, '花生酥脆，微辣回甜'),
  product('麻婆豆腐', '热菜', 380, 100, '麻辣鲜香，下饭首选'),
  product('干煸四季豆', '热菜', 360, 90, '脆嫩入味'),
  product('蒜蓉西兰花', '素菜', 320, 100, '清爽少油'),
  product('凉拌木耳', '凉菜', 260, 120, '酸辣爽口'),
  product('夫妻肺片', '凉菜', 480, 60, '川味经典'),
  product('口水鸡', '凉菜', 520, 60, '红油鲜亮'),
  product('酸菜粉丝汤', '汤品', 300, 80, '开胃暖身'),
  product('老鸭汤', '汤品', 680, 40, '文火慢煲'),
  product('扬州炒饭', '主食', 280, 150, '粒粒分明'),
  product('担担面', '主食', 260, 150, '芝麻酱香'),
  product('小笼包（一笼）', '主食', 300, 120, '皮薄汁多', true),
  product('杨枝甘露', '甜品', 240, 100, '芒果西柚椰香'),
  product('红豆双皮奶', '甜品', 200, 100, '奶香浓郁'),
  product('鲜榨橙汁', '饮品', 180, 200, '现点现榨'),
  product('桂花酸梅汤', '饮品', 120, 200, '冰镇解腻'),
  product('现磨美式咖啡', '饮品', 160, 200, '中度烘焙'),
  product('双人套餐券', '套餐', 3_980, 10, '两荤一素一汤两饮', true, 2),
]

function prize<Type extends string>(
  prize_id: number,
  prize_name: string,
  prize_type: Type,
  prize_value: number,
  angle: number,
  probability: number,
  color: string,
) {
  return { prize_id, prize_name, prize_type, prize_value, angle, probability, color, is_activity: false }
}

function product(
  name: string,
  category: string,
  exchange_points: number,
  stock: number,
  description: string,
  is_hot = false,
  per_user_limit: number | null = null,
) {
  return { fields: { name, category, exchange_points, description, is_hot, per_user_limit }, stock }
}
