// Fields that no key names: `value` of scalar elements, `list` of lists in lists.
import { Field, isNull, Shape, Table } from "../layout/field";
import { newElementField } from "../tables/shape";

const VALUE: usize = memory.data<u8>([118, 97, 108, 117, 101, 0, 0, 0]);
const LIST: usize = memory.data<u8>([108, 105, 115, 116, 0, 0, 0, 0]);


@inline
export function valueFieldOf(t: Table): Field {
  const f = t.valueField;
  return isNull(f) ? makeValueField(t) : f;
}


@inline
export function listFieldOf(t: Table): Field {
  const f = t.shape.listField;
  return isNull(f) ? makeListField(t.shape) : f;
}

function makeValueField(t: Table): Field {
  t.valueField = newElementField(t.shape, VALUE, 5, t.shape.level);
  return t.valueField;
}

/** The wrapping `{list: …}` counts as a level of its own. */
function makeListField(shape: Shape): Field {
  shape.listField = newElementField(shape, LIST, 4, shape.level - 1);
  return shape.listField;
}
