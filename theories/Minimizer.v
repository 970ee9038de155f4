(** (18), (19), (32): what the limit of a mirror flow minimizes. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem1.
Open Scope R_scope.

(** <X^T nu, h> = <nu, X h>. *)
Lemma transposed d n (X : nat -> nat -> R) (nu h : nat -> R) :
  Sum d (fun i => Sum n (fun k => X k i * nu k) * h i) = Sum n (fun k => nu k * Sum d (fun i => X k i * h i)).
Proof.
  transitivity (Sum d (fun i => Sum n (fun k => nu k * (X k i * h i)))).
  - apply Sum_ext. intros i _. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext. intros; ring.
  - rewrite Sum_exchange. apply Sum_ext. intros k _. apply Sum_scal.
Qed.

(** The KKT conditions (19) suffice for a separable strictly convex function: where it has the slopes X^T nu, a solution of
    X theta = y is the only minimizer among all of them, or among those in [dom]. *)
Theorem kkt_suffices d n (X : nat -> nat -> R) (y nu : nat -> R) (q : nat -> R -> R) (slope limit : nat -> R) (dom : R -> Prop) :
  (forall i, (i < d)%nat -> slope i = Sum n (fun k => X k i * nu k)) ->
  (forall i z, (i < d)%nat -> dom z -> limit i <> z -> q i (limit i) + slope i * (z - limit i) < q i z) ->
  (forall k, (k < n)%nat -> Sum d (fun i => X k i * limit i) = y k) ->
  forall theta, (forall i, (i < d)%nat -> dom (theta i)) ->
  (forall k, (k < n)%nat -> Sum d (fun i => X k i * theta i) = y k) ->
  (exists i, (i < d)%nat /\ theta i <> limit i) ->
  Sum d (fun i => q i (limit i)) < Sum d (fun i => q i (theta i)).
Proof.
  intros stationary convex solves theta inside solves' [i [hi ne]].
  assert (flat : Sum d (fun i => slope i * (theta i - limit i)) = 0).
  { rewrite (Sum_ext d _ (fun i => Sum n (fun k => X k i * nu k) * (theta i - limit i)))
      by (intros k hk; now rewrite stationary).
    rewrite transposed. apply Sum_zero. intros k hk.
    rewrite (Sum_ext d _ (fun i => X k i * theta i - X k i * limit i)) by (intros; ring).
    rewrite Sum_minus, solves, solves' by easy. ring. }
  enough (lt : Sum d (fun i => q i (limit i) + slope i * (theta i - limit i)) < Sum d (fun i => q i (theta i)))
    by (rewrite Sum_plus, flat in lt; lra).
  apply (Sum_lt d i); [easy|apply convex; auto|]. intros k hk.
  destruct (Req_dec (limit k) (theta k)) as [<-|nk]; [lra|left; apply convex; auto].
Qed.

Lemma is_lim_Sum d (c : nat -> R -> R) (l : nat -> R) :
  (forall i, (i < d)%nat -> is_lim (c i) p_infty (l i)) -> is_lim (fun t => Sum d (fun i => c i t)) p_infty (Sum d l).
Proof.
  induction d as [|d IH]; intro h; simpl; [apply is_lim_const|].
  apply (is_lim_plus' (fun t => Sum d (fun i => c i t)) (c d)); [apply IH; intros; apply h; lia|apply h; lia].
Qed.

(** The implicit bias of every depth.  Under (A), for a loss whose gradient lies in the range of X^T (such as l(X theta - y)
    has): if theta(t) tends to a solution of X theta = y, this is the solution of least entropy, and the only one.
    Neither convexity of the loss nor convergence of the integral of its gradient is asked for. *)
Theorem implicit_bias L d (w : nat -> nat -> R) least : (forall i, (i < d)%nat -> least_layer L (w i) (least i)) ->
  exists Q gradQ, differentiable d Q gradQ /\ strictly_convex d Q gradQ /\
  Q (theta_of L w) = 0 /\ (forall i, (i < d)%nat -> gradQ (theta_of L w) i = 0) /\
  forall n (X : nat -> nat -> R) (y : nat -> R) F grad (residual : (nat -> R) -> nat -> R) u (limit : nat -> R),
    differentiable d F grad ->
    (forall x i, (i < d)%nat -> grad x i = Sum n (fun k => X k i * residual x k)) ->
    (forall T, 0 <= T -> gradient_flow L d F T u) ->
    (forall i k, (i < d)%nat -> (k < L)%nat -> u i k 0 = w i k) ->
    (forall i, (i < d)%nat -> is_lim (fun t => theta_of L (now u t) i) p_infty (limit i)) ->
    (forall k, (k < n)%nat -> Sum d (fun i => X k i * limit i) = y k) ->
    forall theta, (forall k, (k < n)%nat -> Sum d (fun i => X k i * theta i) = y k) ->
    (exists i, (i < d)%nat /\ theta i <> limit i) -> Q limit < Q theta.
Proof.
  intro A. destruct (entropy_of_start L d w least A) as [q [q' [m h]]].
  exists (fun x => Sum d (fun i => q i (x i))), (fun x i => q' i (x i)).
  destruct (entropy_is_convex L d w q q' m h) as [smoothQ [convex [zeroQ flatQ]]].
  do 4 (split; [easy|]).
  intros n X y F grad residual u limit smooth range flow begun tends solves theta solves' differs.
  enough (flat : Sum d (fun i => q' i (limit i) * (theta i - limit i)) = 0).
  { assert (c := convex limit theta ltac:(destruct differs as [i [hi ne]]; exists i; auto)). simpl in c. lra. }
  set (e := fun i => theta i - limit i).
  (* <grad Q(theta(t)), theta - limit> does not change in time, and is 0 at the start *)
  assert (still : forall t, 0 <= t -> Sum d (fun i => q' i (theta_of L (now u t) i) * e i) = 0).
  { intros t ht. set (v := two_sided L grad t u).
    assert (at_v : forall s, 0 <= s <= t -> theta_of L (now v s) = theta_of L (now u s))
      by (intros s hs; unfold v; now rewrite two_sided_same).
    assert (c := constant_of_zero_slope (fun s => Sum d (fun i => q' i (theta_of L (now v s) i) * e i)) t ht).
    rewrite <- at_v by lra. rewrite c.
    - apply Sum_zero. intros i hi. replace (theta_of L (now v 0) i) with (Prod L (w i)).
      + replace (q' i (Prod L (w i))) with 0 by (symmetry; apply h, hi). ring.
      + rewrite at_v by lra. apply Prod_ext. intros k hk. symmetry. now apply begun.
    - intros s hs.
      apply (is_derive_to _ _ (Sum d (fun i => - grad (theta_of L (now v s)) i * e i))).
      + apply is_derive_Sum. intros i hi. destruct (h i hi) as [_ [_ [_ [_ mirror]]]].
        assert (fv := coordinate_flow L d F grad t u i hi smooth (flow t ht)). fold v in fv.
        assert (b : forall k, (k < L)%nat -> v i k 0 = w i k).
        { intros k hk. rewrite <- (begun i k hi hk). change (now v 0 i k = now u 0 i k).
          unfold v. now rewrite two_sided_same by lra. }
        assert (dq := proj2 (mirror t (v i) _ fv b s hs)).
        refine (is_derive_ext _ _ _ _ (fun r => Rmult_comm _ _) (is_derive_to _ _ _ _ (is_derive_scal _ s (e i) _ dq) _)).
        reals. ring.
      + rewrite (Sum_ext d _ (fun i => -1 * (Sum n (fun k => X k i * residual (theta_of L (now v s)) k) * e i)))
          by (intros i hi; rewrite range by easy; ring).
        rewrite Sum_scal, transposed. rewrite (Sum_zero n); [reals; ring|]. intros k hk. unfold e.
        rewrite (Sum_ext d _ (fun i => X k i * theta i - X k i * limit i)) by (intros; ring).
        rewrite Sum_minus, solves, solves' by easy. ring. }
  assert (lim1 : is_lim (fun t => Sum d (fun i => q' i (theta_of L (now u t) i) * e i)) p_infty
      (Sum d (fun i => q' i (limit i) * e i))).
  { apply is_lim_Sum. intros i hi. apply (is_lim_scal_r (fun t => q' i (theta_of L (now u t) i)) (e i) p_infty (q' i (limit i))).
    apply (is_lim_comp_continuous (fun t => theta_of L (now u t) i) (q' i)); [now apply tends|].
    destruct (h i hi) as [_ [dq' _]]. exact (is_derive_continuous _ _ _ (proj2 (dq' (limit i)))). }
  assert (lim2 : is_lim (fun t => Sum d (fun i => q' i (theta_of L (now u t) i) * e i)) p_infty 0).
  { apply (is_lim_ext_loc (fun _ => 0)); [exists 0; intros t ht; symmetry; apply still; lra|apply is_lim_const]. }
  assert (same := is_lim_unique _ _ _ lim1). rewrite (is_lim_unique _ _ _ lim2) in same. now inversion same.
Qed.
