import { useText } from "../locale";
import { Icon } from "./Icon";
import { useNotify } from "./Notices";

const USUAL_PORT = "5082";

/** What starts the daemon where this page looks for it. */
export function startCommand(port: string): string {
  return port === USUAL_PORT || port === "" ? "gorev daemon --detach" : `gorev daemon --detach --api-port ${port}`;
}

export function StartCommand() {
  const text = useText();
  const notify = useNotify();
  const command = startCommand(location.port);
  const copy = () =>
    navigator.clipboard.writeText(command).then(
      () => notify("info", text.commandCopied),
      () => notify("info", command),
    );
  return (
    <span className="command">
      <code>{command}</code>
      <button type="button" className="icon-button" aria-label={text.copyCommand} title={text.copyCommand} onClick={() => void copy()}>
        <Icon name="copy" />
      </button>
    </span>
  );
}
