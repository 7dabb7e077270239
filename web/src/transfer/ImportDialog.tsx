import { useText } from "../locale";
import { Dialog } from "../ui/Dialog";

export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  return (
    <Dialog title={text.importTasks} onClose={onClose}>
      <p className="dialog-body">{text.loading}</p>
    </Dialog>
  );
}
