/** The causes of alarms as buttons: break something, see what fires, heal it. */
import type { FaultView } from "../protocol";
import { clockTime, plural } from "./format";
import { Chips, Commands, ViewTitle } from "./parts";
import { clock, isInAlarm, post, snapshot } from "./store";

/** How far the alarms are: all of them fire some minutes after the fault, and end some minutes after it is healed. */
const Progress = ({ fault: { fires, fired, healedMs } }: { readonly fault: FaultView }) => {
  const ended = fired.filter((name) => !isInAlarm(name)).length;
  const isOver = healedMs === undefined ? fired.length === fires.length : ended === fired.length;
  const hint = isOver || clock.value?.speed !== 1 ? "" : " Move the clock on to see more.";
  return (
    <p class="number" role="status">
      {fired.length} of {plural(fires.length, "alarm")} fired
      {healedMs === undefined ? "." : `, ${ended} of them ended.`}
      {hint}
    </p>
  );
};

/** What a fault sends to make it show. */
const sentBy = ({ uploads, requests, everyMinutes }: FaultView): string => {
  const rounds =
    everyMinutes === undefined ? "" : ` every ${everyMinutes === 1 ? "minute" : `${everyMinutes} minutes`}`;
  if (uploads > 0) return `${plural(uploads, "upload")}${rounds}. `;
  return requests > 0 ? `${plural(requests, "request")} to the upload API. ` : "";
};

const Expected = ({ label, names }: { readonly label: string; readonly names: readonly string[] }) =>
  names.length === 0 ? null : (
    <div class="expected">
      <span class="label">{label}</span>
      <Chips label={label} names={names} isOn={isInAlarm} />
    </div>
  );

const FaultCard = ({ fault }: { readonly fault: FaultView }) => {
  const { id, cause, note, fires, firesAlone, sinceMs, healedMs } = fault;
  const isBroken = sinceMs !== undefined && healedMs === undefined;
  return (
    <li class={isBroken ? "card fault bad" : "card fault"}>
      <div class="card-head">
        <h2>{cause.charAt(0).toUpperCase() + cause.slice(1)}</h2>
        <button
          type="button"
          class={isBroken ? "primary" : ""}
          aria-label={`${isBroken ? "Heal" : "Break"}: ${cause}`}
          onClick={() => void post(isBroken ? "/api/heal" : "/api/break", { id })}
        >
          {isBroken ? "Heal" : "Break"}
        </button>
      </div>
      <p class="muted number">
        {isBroken ? `Broken since ${clockTime(sinceMs)}. ` : ""}
        {healedMs === undefined ? "" : `Healed at ${clockTime(healedMs)}. `}
        {sentBy(fault)}
        {note}
      </p>
      {fires.length === 0 ? <p class="muted">No alarm fires.</p> : <Expected label="Expected to fire" names={fires} />}
      <Expected label="Fire, too, unless many other uploads succeed" names={firesAlone} />
      {sinceMs !== undefined && fires.length > 0 && <Progress fault={fault} />}
    </li>
  );
};

const Others = () => {
  const names = snapshot.value?.withoutFault ?? [];
  return names.length === 0 ? null : (
    <section class="card others" aria-label="Alarms without a button">
      <h2>Alarms without a button</h2>
      <p class="muted">No fault of this view makes them fire. The drill does, each for its own cause.</p>
      <Chips label="Alarms without a button" names={names} isOn={isInAlarm} />
    </section>
  );
};

export const Break = () => (
  <>
    <ViewTitle title="Break">
      <span class="muted">
        Each fault breaks the running stack and uploads what makes it show. It lasts until you heal it. Lambda retries
        after one minute and after two; alarms see data one to three minutes later. Some alarms end only when other
        uploads succeed.
      </span>
      <label class="check">
        <input
          type="checkbox"
          checked={snapshot.value?.traffic === true}
          onChange={({ currentTarget }) => void post("/api/traffic", { on: String(currentTarget.checked) })}
        />
        Upload a photo every minute
      </label>
    </ViewTitle>
    <ul class="faults" aria-label="Faults">
      {snapshot.value?.faults.map((fault) => (
        <FaultCard key={fault.id} fault={fault} />
      ))}
    </ul>
    <Others />
    <Commands ids={["drill", "drillAlarm", "redrive"]} />
  </>
);
