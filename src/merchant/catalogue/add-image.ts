import type { Operation } from '../../till/operation.ts'
import { audit } from '../audit.ts'

export interface NewImage {
  /** Its path in links. */
  image: string
  actorId: number
}

/** Records who uploaded a picture for a product. The store has it already. */
export const addImage: Operation<NewImage, { image: string }> = {
  name: 'add_product_image',
  laneKey: () => 'catalogue',
  needs: () => [],
  decide(unit, { image, actorId }) {
    audit(unit, { actorId, action: 'product.image', target: `image:${image}`, details: {} })
    return { image }
  },
}
