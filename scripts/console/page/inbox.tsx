/** E-mails and SMS as they would arrive, newest first. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Mail } from "../protocol";
import { clockTime, dateTime, plural } from "./format";
import { Commands, Empty, ViewTitle } from "./parts";
import { readMails, snapshot } from "./store";

const isBad = ({ subject }: Mail): boolean => subject.startsWith("ALARM");

const Message = ({ mail }: { readonly mail: Mail }) => {
  const { subject, endpoint, topic, atMs, protocol, parts } = mail;
  if (protocol === "sms") {
    return (
      <article class="card message" aria-label={subject}>
        <p class="muted">
          SMS to {endpoint}, {topic}, <time>{dateTime(atMs)} UTC</time>
        </p>
        {parts.map((part) => (
          <p key={part} class="bubble">
            {part}
          </p>
        ))}
      </article>
    );
  }
  return (
    <article class="card message" aria-label={subject}>
      <h2 class="breaks">{subject}</h2>
      <dl class="mail-head">
        <dt>To</dt>
        <dd>{endpoint}</dd>
        <dt>Topic</dt>
        <dd>{topic}</dd>
        <dt>Sent</dt>
        <dd class="number">{dateTime(atMs)} UTC</dd>
      </dl>
      <p class="mail-text">{parts.join("\n")}</p>
    </article>
  );
};

export const Inbox = () => {
  const selected = useSignal<number | undefined>(undefined);
  const mails = snapshot.value?.mails ?? [];
  const newest = [...mails].reverse();
  const chosen = mails.find(({ id }) => id === selected.value) ?? newest[0];
  const lastId = mails.at(-1)?.id ?? 0;
  useEffect(() => {
    readMails.value = lastId;
  }, [lastId]);
  return (
    <>
      <ViewTitle title="Inbox">
        <span class="muted number">
          {plural(mails.length, "message")}; the last {snapshot.value?.limits.mails} are kept
        </span>
      </ViewTitle>
      {chosen === undefined ? (
        <Empty title="No messages yet">
          <p class="muted">
            When an alarm changes its state, the messages of its topics arrive here.{" "}
            <a href="#/break">Break something</a> and move the clock on.
          </p>
        </Empty>
      ) : (
        <div class="inbox">
          <ul class="mails" aria-label="Messages, newest first">
            {newest.map((mail) => (
              <li key={mail.id}>
                <button
                  type="button"
                  class={isBad(mail) ? "mail bad" : "mail good"}
                  aria-pressed={mail.id === chosen.id}
                  onClick={() => {
                    selected.value = mail.id;
                  }}
                >
                  <span class="mail-line">
                    <span class="mail-kind">{mail.protocol === "sms" ? "SMS" : "E-mail"}</span>
                    <time class="number muted">{clockTime(mail.atMs)}</time>
                  </span>
                  <span class="mail-subject">
                    {isBad(mail) ? "ALARM" : "OK"}: {mail.alarm}
                  </span>
                  <span class="muted">{mail.topic}</span>
                </button>
              </li>
            ))}
          </ul>
          <Message mail={chosen} />
        </div>
      )}
      <Commands ids={["test"]} />
    </>
  );
};
