import type { DeviceTime } from "../../src/model/times.ts";

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The meter's `mm/dd/yy` and `hh:mm:ss`, local time without a zone, years 20yy. Always its text; `local` if possible. */
export function deviceTime(date: string, time: string): DeviceTime {
  const text = `${date} ${time}`;
  const [month = "", day = "", year = ""] = date.split("/");
  const [hours = "", minutes = "", seconds = ""] = time.split(":");
  const leapDay = month === "02" && Number(year) % 4 === 0 ? 1 : 0;
  const days = (monthDays[Number(month) - 1] ?? 0) + leapDay;
  const possible =
    Number(day) >= 1 && Number(day) <= days && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  return possible ? { text, local: `20${year}-${month}-${day}T${time}` } : { text };
}
