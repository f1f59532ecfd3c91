import { expect, test } from 'bun:test'
import { isOneOf } from '../../src/receipts/merchant-name.ts'

test.each([
  ['川味小馆', '川味小馆'],
  ['川味小馆', '川味小馆(人民路店)'],
  ['川味小馆', '川昧小馆'],
  ['上海川味餐饮有限公司', '上海川昧餐饮有眼公司'],
  ['川味小馆（人民路店）', '川味小馆'],
  ['川味小馆人民路店', '川味小馆 (人民路店)'],
  ['Sichuan Kitchen', 'SICHUAN KITCHFN'],
  ['粥铺', '老粥铺'],
])('the restaurant %s is recognised when %s is read', (name, read) => {
  expect(isOneOf(['海底捞', name], read)).toBe(true)
})

test.each([
  ['川味小馆', '湘味大馆'],
  ['川味小馆', '沙县小吃'],
  ['川味小馆人民路店', '川'],
  ['上海川味餐饮有限公司', '北京湘味餐饮有限公司'],
  ['粥铺', '面铺'],
  ['川味小馆', '馆'],
])('the restaurant %s is not recognised when %s is read', (name, read) => {
  expect(isOneOf([name], read)).toBe(false)
})
