import { useText } from "../locale";
import { Dialog } from "../ui/Dialog";

export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  return (
    <Dialog title={text.exportTasks} onClose={onClose}>
      <p className="dialog-body">{text.loading}</p>
    </Dialog>
  );
}
