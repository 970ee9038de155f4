(** Theorem 2 at every depth, in every dimension, for every differentiable loss: nothing is cited. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow.
Open Scope R_scope.

(** The least of f 0, ..., f (n-1). *)
Fixpoint Least (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S O => f O | S m => Rmin (Least m f) (f m) end.

Lemma Least_le n f i : (i < n)%nat -> Least n f <= f i.
Proof.
  induction n as [|n IH]; intro h; [lia|]. destruct n as [|n]; [replace i with O by lia; simpl; lra|].
  change (Least (S (S n)) f) with (Rmin (Least (S n) f) (f (S n))).
  destruct (Nat.eq_dec i (S n)) as [->|ne]; [apply Rmin_r|].
  apply Rle_trans with (1 := Rmin_l _ _). apply IH. lia.
Qed.
Lemma Least_pos n f : (0 < n)%nat -> (forall i, (i < n)%nat -> 0 < f i) -> 0 < Least n f.
Proof.
  induction n as [|n IH]; intros hn h; [lia|]. destruct n as [|n]; [apply (h O); lia|].
  change (Least (S (S n)) f) with (Rmin (Least (S n) f) (f (S n))).
  apply Rmin_pos; [apply IH; [lia|intros; apply h; lia]|apply h; lia].
Qed.
Lemma Least_nonneg n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= Least n f.
Proof.
  induction n as [|n IH]; intro h; [simpl; lra|]. destruct n as [|n]; [apply (h O); lia|].
  change (Least (S (S n)) f) with (Rmin (Least (S n) f) (f (S n))).
  apply Rmin_glb; [apply IH; intros; apply h; lia|apply h; lia].
Qed.

(** (14): sigma = min_i prod_{k<>k_i} (u^k_i(0)^2 - u^{k_i}_i(0)^2). *)
Definition sigma (L d : nat) (w : nat -> nat -> R) (least : nat -> nat) : R :=
  Least d (fun i => Prod L (but (least i) (fun k => w i k ^ 2 - w i (least i) ^ 2))).

Theorem sigma_positive L d w least : (0 < d)%nat -> (forall i, (i < d)%nat -> least_layer L (w i) (least i)) ->
  0 < sigma L d w least.
Proof.
  intros hd A. apply Least_pos; [easy|]. intros i hi. destruct (A i hi) as [hl h]. apply gap_positive; [easy|].
  intros k hk ne. now apply square_lt, h.
Qed.

(** The metric (12) of coordinate i. *)
Definition metric (L : nat) (w : nat -> nat -> R) (i : nat) : R := Sum L (fun j => Prod L (but j (fun k => w i k ^ 2))).

(** (14): every entry of the diagonal matrix M(t), hence its least eigenvalue, is at least sigma. *)
Theorem metric_above_sigma L d T (w : nat -> nat -> R -> R) (g : nat -> R -> R) least i t :
  (forall i, (i < d)%nat -> layer_flow L T (w i) (g i)) ->
  (forall i, (i < d)%nat -> least_layer L (fun k => w i k 0) (least i)) ->
  (i < d)%nat -> 0 <= t <= T -> sigma L d (now w 0) least <= metric L (now w t) i.
Proof.
  intros flow A hi ht. destruct (A i hi) as [hl h]. apply Rle_trans with
    (1 := Least_le d (fun i => Prod L (but (least i) (fun k => w i k 0 ^ 2 - w i (least i) 0 ^ 2))) i hi).
  apply (metric_above_gap L T (w i) (g i) (flow i hi) (least i) t hl ht). intros k hk ne. left. now apply square_lt, h.
Qed.

Section Dissipation.
Variables (L d : nat) (F : (nat -> R) -> R) (grad : (nat -> R) -> nat -> R) (T : R) (w : nat -> nat -> R -> R).
Hypothesis smooth : differentiable d F grad.
Hypothesis flow : forall i, (i < d)%nat -> layer_flow L T (w i) (fun t => grad (theta_of L (now w t)) i).

(** Proof of Theorem 2, first line: d/dt loss(theta) = <grad loss, theta'> = - sum_i M_i (grad loss)_i^2. *)
Theorem dissipation best t : 0 <= t <= T ->
  is_derive (fun s => F (theta_of L (now w s)) - best) t (- Sum d (fun i => metric L (now w t) i * grad (theta_of L (now w t)) i ^ 2)).
Proof.
  intro ht.
  assert (h := chain_rule d F grad (fun i s => theta_of L (now w s) i) _ t smooth
    (fun i hi => theta_moves L T (w i) _ (flow i hi) t ht)).
  apply (is_derive_to _ _ _ _ (is_derive_minus _ _ t _ _ h (is_derive_const best t))).
  transitivity (-1 * Sum d (fun i => metric L (now w t) i * grad (theta_of L (now w t)) i ^ 2)); [|reals; ring].
  rewrite <- Sum_scal. reals. rewrite Ropp_0, Rplus_0_r. apply Sum_ext. intros i _. 
  set (a := grad (theta_of L (now w t)) i). set (m := metric L (now w t) i). change (a * - (a * m) = -1 * (m * a ^ 2)). ring.
Qed.

Theorem loss_decreases s t : 0 <= s <= t -> t <= T -> F (theta_of L (now w t)) <= F (theta_of L (now w s)).
Proof.
  intros hst ht.
  assert (h := nonincreasing (fun r => F (theta_of L (now w r)) - 0) _ s t (proj2 hst) (fun r hr => dissipation 0 r ltac:(lra))).
  enough (F (theta_of L (now w t)) - 0 <= F (theta_of L (now w s)) - 0) by lra. apply h. intros r hr.
  apply Rge_le, Ropp_0_le_ge_contravar. apply Sum_nonneg. intros i hi. apply Rmult_le_pos; [|apply pow2_ge_0].
  apply Sum_nonneg. intros. apply squares_nonneg.
Qed.

Variables (mu best : R).
Hypothesis PL : forall x, 2 * mu * (F x - best) <= Sum d (fun i => grad x i ^ 2).

(** Whatever bounds the metric from below along the flow is a rate. *)
Theorem convergence_at c t : 0 <= c -> (forall i s, (i < d)%nat -> 0 <= s <= t -> c <= metric L (now w s) i) -> 0 <= t <= T ->
  F (theta_of L (now w t)) - best <= exp (- (2 * c * mu) * t) * (F (theta_of L (now w 0)) - best).
Proof.
  intros pos below ht.
  apply (gronwall (fun s => F (theta_of L (now w s)) - best) _ _ t (proj1 ht) (fun s hs => dissipation best s ltac:(lra))).
  intros s hs.
  assert (low : c * Sum d (fun i => grad (theta_of L (now w s)) i ^ 2) <= Sum d (fun i => metric L (now w s) i * grad (theta_of L (now w s)) i ^ 2)).
  { rewrite <- Sum_scal. apply Sum_le. intros i hi. apply Rmult_le_compat_r; [apply pow2_ge_0|]. now apply below. }
  specialize (PL (theta_of L (now w s))). nra.
Qed.

(** (15) *)
Theorem linear_convergence least t : (forall i, (i < d)%nat -> least_layer L (fun k => w i k 0) (least i)) -> (0 < d)%nat -> 0 <= t <= T ->
  F (theta_of L (now w t)) - best <= exp (- (2 * sigma L d (now w 0) least * mu) * t) * (F (theta_of L (now w 0)) - best).
Proof.
  intros A hd ht. apply convergence_at; [left; now apply sigma_positive| |easy]. intros i s hi hs.
  apply (metric_above_sigma L d T w (fun i t => grad (theta_of L (now w t)) i) least i s flow A hi ltac:(lra)).
Qed.
End Dissipation.

(** Theorem 2.  (4) holds on [0, T] for a differentiable loss on R^d, (A) at the start, and Polyak-Lojasiewicz everywhere;
    then the loss converges at the rate 2 * sigma * mu.  That the flow exists on [0, T] is part of the hypothesis. *)
Theorem theorem_2 (L d : nat) F grad T u least mu best : (0 < d)%nat -> differentiable d F grad ->
  gradient_flow L d F T u ->
  (forall i, (i < d)%nat -> least_layer L (fun k => u i k 0) (least i)) ->
  (forall x, 2 * mu * (F x - best) <= Sum d (fun i => grad x i ^ 2)) ->
  0 < sigma L d (now u 0) least /\
  forall t, 0 <= t <= T -> F (theta_of L (now u t)) - best
    <= exp (- (2 * sigma L d (now u 0) least * mu) * t) * (F (theta_of L (now u 0)) - best).
Proof.
  intros hd smooth flow A PL. split; [now apply sigma_positive|]. intros t ht.
  rewrite <- (two_sided_same L grad T u t), <- (two_sided_same L grad T u 0) by lra.
  apply (linear_convergence L d F grad T (two_sided L grad T u) smooth); try easy.
  - intros i hi. now apply (coordinate_flow L d F grad T u i).
  - intros i hi. assert (h := A i hi). change (least_layer L (now u 0 i) (least i)) in h.
    rewrite <- (two_sided_same L grad T u 0) in h by lra. exact h.
Qed.
