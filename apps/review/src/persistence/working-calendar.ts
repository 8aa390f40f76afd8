import { isWorkday } from 'chinese-days';
import type { WorkingCalendar } from '../domain/due-date';

/**
 * Holidays and make-up days as the State Council arranged them, from the library's data. A year that it does not have
 * yet counts Monday to Friday: the arrangement of a year is made known in the autumn before.
 */
export const chineseCalendar: WorkingCalendar = { isWorkingDay: (day) => isWorkday(day) };
