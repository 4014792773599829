import { readFields } from '../wire/read-fields.js';
import { recordBody, type StoredRecord } from './record.js';

/** The `data` bytes inside a stored RecordedEvent. */
export function eventData(record: StoredRecord): Buffer {
  const body = recordBody(record);
  let data = body.subarray(0, 0);
  readFields(body, 0, body.length, (field, start, end) => {
    if (field === 8) data = body.subarray(start, end);
  });
  return data;
}
