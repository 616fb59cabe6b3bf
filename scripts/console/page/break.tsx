/** The causes of alarms as buttons: break something, see what fires, heal it. */
import type { FaultView } from "../protocol";
import { clockTime, plural } from "./format";
import { Chips, Commands, ViewTitle } from "./parts";
import { clock, post, snapshot } from "./store";

const FaultCard = ({ fault }: { readonly fault: FaultView }) => {
  const { id, cause, fires, fired, uploads, sinceMs } = fault;
  const isBroken = sinceMs !== undefined;
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
        {plural(uploads, "upload")}
      </p>
      {fires.length === 0 ? (
        <p class="muted">No alarm fires.</p>
      ) : (
        <div class="expected">
          <span class="label">Expected to fire</span>
          <Chips label="Expected to fire" names={fires} isOn={(name) => fired.includes(name)} />
        </div>
      )}
      {isBroken && fires.length > 0 && (
        <p class="number" role="status">
          {fired.length} of {plural(fires.length, "alarm")} fired.
          {fired.length < fires.length && clock.value?.speed === 1 && " Move the clock on to see the others sooner."}
        </p>
      )}
    </li>
  );
};

export const Break = () => (
  <>
    <ViewTitle title="Break">
      <span class="muted">
        Each fault breaks the running stack and uploads what makes it show. It lasts until you heal it. Lambda retries
        after one minute and after two; alarms see data one to three minutes later.
      </span>
    </ViewTitle>
    <ul class="faults" aria-label="Faults">
      {snapshot.value?.faults.map((fault) => (
        <FaultCard key={fault.id} fault={fault} />
      ))}
    </ul>
    <Commands ids={["drill", "redrive"]} />
  </>
);
