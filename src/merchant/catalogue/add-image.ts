import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'

export interface NewImage {
  /** Its path in links. */
  image: string
  actor: StaffActor
}

/** Records who uploaded a picture for a product. The store has it already. */
export const addImage: Operation<NewImage, { image: string }> = byStaff('catalogue', {
  name: 'add_product_image',
  laneKey: () => 'catalogue',
  needs: () => [],
  decide(unit, { image, actor }) {
    audit(unit, actor, { action: 'product.image', target: `image:${image}` })
    return { image }
  },
})
