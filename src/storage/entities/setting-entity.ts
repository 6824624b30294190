import { EntitySchema } from 'typeorm';
import { key, text } from './columns.js';

export interface SettingRow {
  name: string;
  value: string;
}

export const SettingEntity = new EntitySchema<SettingRow>({
  name: 'setting',
  columns: { name: key('setting', text), value: text },
});
