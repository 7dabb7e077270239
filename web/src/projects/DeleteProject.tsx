import { useMutation } from "@tanstack/react-query";

import { useAddress, useChangeAddress } from "../address";
import { Refused } from "../api/client";
import { useText } from "../locale";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { useErrorText } from "../ui/Notices";
import { useProject, useWorkspace } from "../workspace";

interface Props {
  readonly projectId: string;
  readonly onClose: () => void;
}

export function DeleteProject({ projectId, onClose }: Props) {
  const text = useText();
  const project = useProject(projectId);
  const { client, feed } = useWorkspace();
  const errorText = useErrorText();
  const address = useAddress();
  const change = useChangeAddress();
  const remove = useMutation({
    mutationFn: () => client.deleteProject(projectId),
    onSuccess: () => {
      if (address.project === projectId) change({ project: null });
      feed.reload();
      onClose();
    },
  });
  const count = remove.error instanceof Refused && remove.error.code === "has_tasks" ? Number(remove.error.details["count"]) : null;
  return (
    <ConfirmDialog
      question={text.deleteProjectQuestion(project?.isim ?? "")}
      confirm={text.deleteConfirm}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p className="muted">{text.deleteProjectHint}</p>
      {remove.error !== null && (
        <p className="problem" role="alert">
          {count === null ? errorText(remove.error) : text.projectHasTasks(count)}
        </p>
      )}
    </ConfirmDialog>
  );
}
