(** The entropy of one coordinate where several layers tie for the least modulus, not at zero: it lives on a half-line.

    No layer vanishes then, so with S0 the square of the least layer at the start everything is a function of
    r = log |u^l / u^l(0)|: the squares of the layers are S + D k with S = S0 e^(2r) and gaps D k >= 0, theta = theta0 e^(log_theta r),
    and the slope of the entropy is the integral of S / theta in r.  Every real r occurs, and exactly the theta of the sign of theta0. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Inverse Rates.
Open Scope R_scope.

Section Tied.
Variables (L l : nat) (D : nat -> R) (S0 theta0 : R).
Hypothesis hl : (l < L)%nat.
Hypothesis gap_l : D l = 0.
Hypothesis gaps : forall k, (k < L)%nat -> 0 <= D k.
Hypothesis S0_pos : 0 < S0.
Hypothesis theta0_nonzero : theta0 <> 0.
Hypothesis at_start : volume L D S0 = theta0 ^ 2.

Definition S_of r := S0 * exp (2 * r).
Definition log_theta r := Sum L (fun k => (ln (shifted D (S_of r) k) - ln (shifted D S0 k)) / 2).
Definition log_theta' r := Sum L (fun k => S_of r / shifted D (S_of r) k).
Definition theta_at r := theta0 * exp (log_theta r).
(** The slope of the entropy, as a function of r. *)
Definition slope_at r := RInt (fun y => S_of y / theta_at y) 0 r.

Lemma S_of_pos r : 0 < S_of r.
Proof. apply Rmult_lt_0_compat; [easy|apply exp_pos]. Qed.
Lemma square_pos r k : (k < L)%nat -> 0 < shifted D (S_of r) k.
Proof. apply (shifted_pos L D gaps). apply S_of_pos. Qed.
Lemma is_derive_S_of r : is_derive S_of r (2 * S_of r).
Proof. unfold S_of. auto_derive; [easy|ring]. Qed.
Lemma is_derive_log_theta r : is_derive log_theta r (log_theta' r).
Proof.
  apply is_derive_Sum. intros k hk. assert (p := square_pos r k hk). unfold shifted in *. unfold S_of in *.
  auto_derive; [lra|]. field. lra.
Qed.
Lemma log_theta'_large r : 1 <= log_theta' r.
Proof.
  assert (own : S_of r / shifted D (S_of r) l = 1)
    by (unfold shifted; rewrite gap_l, Rplus_0_r; field; assert (p := S_of_pos r); lra).
  rewrite <- own. apply (Sum_term_le L l (fun k => S_of r / shifted D (S_of r) k)); [easy|].
  intros k hk. left. apply Rdiv_lt_0_compat; [apply S_of_pos|now apply square_pos].
Qed.
Lemma theta_at_nonzero r : theta_at r <> 0.
Proof. apply Rmult_integral_contrapositive_currified; [easy|]. assert (p := exp_pos (log_theta r)). lra. Qed.
Lemma is_derive_theta_at r : is_derive theta_at r (log_theta' r * theta_at r).
Proof.
  apply (is_derive_to _ _ _ _ (is_derive_scal _ r theta0 _ (is_derive_comp exp log_theta r _ _ (is_derive_exp (log_theta r)) (is_derive_log_theta r)))).
  unfold theta_at. reals. ring.
Qed.

(** theta^2 is the product of the squares, and M = theta^2 log_theta' / S. *)
Lemma theta_at_square r : theta_at r ^ 2 = volume L D (S_of r).
Proof.
  assert (e : log_theta r = (ln (volume L D (S_of r)) - ln (volume L D S0)) / 2).
  { unfold volume. rewrite !ln_Prod by (intros; apply (shifted_pos L D gaps); easy || apply S_of_pos).
    rewrite <- Sum_minus. unfold log_theta, Rdiv. rewrite Rmult_comm, <- Sum_scal. apply Sum_ext. intros; ring. }
  assert (p := volume_pos L D gaps (S_of r) (S_of_pos r)). assert (q := volume_pos L D gaps S0 S0_pos).
  unfold theta_at. replace ((theta0 * exp (log_theta r)) ^ 2) with (theta0 ^ 2 * (exp (log_theta r) * exp (log_theta r))) by ring.
  rewrite <- exp_plus, e, <- at_start.
  replace (_ / 2 + _ / 2) with (ln (volume L D (S_of r)) + - ln (volume L D S0)) by field.
  rewrite exp_plus, exp_Ropp, !exp_ln by easy. field. lra.
Qed.
Lemma metric_at_r r : volume' L D (S_of r) = theta_at r ^ 2 * log_theta' r / S_of r.
Proof.
  assert (p := S_of_pos r). rewrite theta_at_square. unfold volume', log_theta', Rdiv.
  rewrite Rmult_assoc, (Rmult_comm (Sum L _) (/ S_of r)), <- !Sum_scal. apply Sum_ext. intros j hj. unfold volume.
  rewrite (Prod_apart L j (shifted D (S_of r))) by easy. assert (q := square_pos r j hj). field. lra.
Qed.

Lemma is_derive_slope_at r : is_derive slope_at r (S_of r / theta_at r).
Proof.
  assert (c : forall y, continuous (fun y => S_of y / theta_at y) y).
  { intro y. refine (is_derive_continuous (fun y => S_of y / theta_at y) y _
      (is_derive_div S_of theta_at y _ _ (is_derive_S_of y) (is_derive_theta_at y) (theta_at_nonzero y))). }
  apply (is_derive_RInt (fun y => S_of y / theta_at y) _ 0); [|apply c].
  apply filter_forall. intro b. apply (RInt_correct (fun y => S_of y / theta_at y) 0 b).
  apply (ex_RInt_continuous (fun y => S_of y / theta_at y) 0 b). intros; apply c.
Qed.

(** r as a function of theta, where theta has the sign of theta0. *)
Definition r_of theta := inverse log_theta log_theta' 1 is_derive_log_theta Rlt_0_1 log_theta'_large (ln (theta / theta0)).
Definition tied_slope theta := slope_at (r_of theta).
Definition tied_entropy theta := theta * tied_slope theta - (S_of (r_of theta) - S0) / 2.
Definition tied_metric theta := volume' L D (S_of (r_of theta)).

Lemma quotient_of_one_sign theta : 0 < theta0 * theta -> 0 < theta / theta0.
Proof.
  intro p. replace (theta / theta0) with (theta0 * theta / theta0 ^ 2) by (field; lra).
  apply Rdiv_lt_0_compat; [easy|]. now apply pow2_gt_0.
Qed.
Lemma theta_of_r theta : 0 < theta0 * theta -> theta_at (r_of theta) = theta.
Proof.
  intro p. unfold theta_at, r_of. rewrite f_inverse, exp_ln by now apply quotient_of_one_sign. field. easy.
Qed.
Lemma r_of_theta r theta : theta_at r = theta -> r_of theta = r.
Proof.
  intros <-. unfold r_of, theta_at. replace (theta0 * exp (log_theta r) / theta0) with (exp (log_theta r)) by (field; easy).
  rewrite ln_exp. apply inverse_f.
Qed.
(** Exactly the values of the sign of theta0 occur. *)
Theorem tied_range theta : (exists r, theta_at r = theta) <-> 0 < theta0 * theta.
Proof.
  split; [intros [r <-]|intro p; exists (r_of theta); now apply theta_of_r].
  unfold theta_at. replace (theta0 * (theta0 * exp (log_theta r))) with (theta0 ^ 2 * exp (log_theta r)) by ring.
  apply Rmult_lt_0_compat; [now apply pow2_gt_0|apply exp_pos].
Qed.
Lemma is_derive_r_of theta : 0 < theta0 * theta -> is_derive r_of theta (/ (log_theta' (r_of theta) * theta)).
Proof.
  intro p. assert (n : theta <> 0) by nra. assert (q := quotient_of_one_sign theta p). assert (s := log_theta'_large (r_of theta)).
  assert (d : is_derive (fun y => ln (y / theta0)) theta (/ theta)).
  { auto_derive; [easy|]. field. lra. }
  apply (is_derive_to _ _ _ _ (is_derive_comp _ (fun y => ln (y / theta0)) theta _ _
    (is_derive_inverse log_theta log_theta' 1 is_derive_log_theta Rlt_0_1 log_theta'_large (ln (theta / theta0))) d)).
  change (inverse log_theta log_theta' 1 is_derive_log_theta Rlt_0_1 log_theta'_large (ln (theta / theta0))) with (r_of theta). reals. field. lra.
Qed.
Theorem tied_metric_pos theta : 0 < tied_metric theta.
Proof. apply (volume'_pos L l D hl gaps). apply S_of_pos. Qed.

(** Its curvature is 1 / M ... *)
Theorem tied_curvature theta : 0 < theta0 * theta -> is_derive tied_slope theta (/ tied_metric theta).
Proof.
  intro p. apply (is_derive_to _ _ _ _ (is_derive_comp slope_at r_of theta _ _ (is_derive_slope_at _) (is_derive_r_of theta p))).
  unfold tied_metric. rewrite metric_at_r, theta_of_r by easy.
  assert (n : theta <> 0) by nra. assert (s := log_theta'_large (r_of theta)). assert (q := S_of_pos (r_of theta)). reals. field. lra.
Qed.
(** ... and its slope is the slope. *)
Theorem slope_of_tied_entropy theta : 0 < theta0 * theta -> is_derive tied_entropy theta (tied_slope theta).
Proof.
  intro p. assert (n : theta <> 0) by nra. assert (s := log_theta'_large (r_of theta)). assert (q := S_of_pos (r_of theta)).
  assert (a := is_derive_mult (fun y => y) tied_slope theta 1 _ (is_derive_id theta) (tied_curvature theta p) (fun a b => Rmult_comm a b)).
  assert (b := is_derive_comp S_of r_of theta _ _ (is_derive_S_of _) (is_derive_r_of theta p)).
  assert (c := is_derive_scal _ theta (1/2) _ (is_derive_minus _ _ theta _ _ b (is_derive_const S0 theta))).
  refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ (is_derive_minus _ _ theta _ _ a c) _)).
  - intro y. unfold tied_entropy. reals. field.
  - unfold tied_metric. rewrite metric_at_r, theta_of_r by easy. reals. field. lra.
Qed.
Theorem tied_at_start : tied_entropy theta0 = 0 /\ tied_slope theta0 = 0.
Proof.
  assert (r0 : r_of theta0 = 0).
  { apply r_of_theta. unfold theta_at, log_theta. rewrite (Sum_zero L); [rewrite exp_0; ring|]. intros k _.
    unfold S_of. rewrite Rmult_0_r, exp_0, Rmult_1_r. field. }
  unfold tied_entropy, tied_slope, slope_at. rewrite r0, RInt_point. unfold S_of, zero; simpl.
  replace (2 * 0) with 0 by ring. rewrite exp_0. split; field.
Qed.
End Tied.

(** ** Along the flow *)

(** Layers that tie, not at zero, never vanish: the square of one moves at most at a multiple of itself.  The factor is
    bounded because the gradient is continuous along the flow. *)
Theorem tied_never_zero L T (u : nat -> R -> R) g j l t : layer_flow L T u g -> (j < L)%nat -> (l < L)%nat -> j <> l ->
  (forall s, 0 <= s <= T -> continuity_pt g s) -> u j 0 ^ 2 = u l 0 ^ 2 -> u l 0 <> 0 -> 0 <= t <= T -> 0 < u l t ^ 2.
Proof.
  intros flow hj hl ne cg tie nz ht.
  set (rest := fun s => g s * Prod L (fun k => but j (but l (fun k => u k s)) k)).
  assert (crest : forall s, 0 <= s <= t -> continuity_pt (fun s => Rabs (rest s)) s).
  { intros s hs. apply (continuity_pt_comp rest Rabs); [|apply Rcontinuity_abs].
    apply (continuity_pt_mult g); [apply cg; lra|]. apply continuity_Prod. intros k hk. unfold but.
    destruct (Nat.eqb k j), (Nat.eqb k l); try (now apply continuity_pt_const).
    exact (is_derive_continuity _ _ _ (flow k s hk ltac:(lra))). }
  destruct (continuity_ab_maj _ 0 t (proj1 ht) crest) as [top [most _]]. set (C := Rabs (rest top)) in *.
  assert (b := gronwall (fun s => - u l s ^ 2) (fun s => - - (2 * g s * Prod L (fun k => u k s))) (2 * C) t (proj1 ht)).
  assert (low : - u l t ^ 2 <= exp (- (2 * C) * t) * - u l 0 ^ 2).
  { apply b.
    - intros s hs. exact (is_derive_opp _ s _ (square_moves L T u g flow l s hl ltac:(lra))).
    - intros s hs. specialize (most s hs). assert (c := conserved L T u g flow j l s hj hl ltac:(lra)).
      rewrite (Prod_apart L j), (Prod_apart L l (but j (fun k => u k s))) by easy. rewrite but_other by auto.
      replace (Prod L (but l (but j (fun k => u k s)))) with (Prod L (fun k => but j (but l (fun k => u k s)) k))
        by (apply Prod_ext; intros k _; unfold but; now destruct (Nat.eqb k j), (Nat.eqb k l)).
      assert (same : Rabs (u j s * u l s) = u l s ^ 2).
      { rewrite Rabs_mult. replace (Rabs (u j s)) with (Rabs (u l s)); [rewrite <- (pow2_abs (u l s)); ring|].
        apply Rsqr_eq_abs_0. unfold Rsqr. lra. }
      assert (a := Rle_abs (rest s * (u j s * u l s))). rewrite Rabs_mult, same in a.
      assert (p := pow2_ge_0 (u l s)). assert (m := Rmult_le_compat_r _ _ _ p most). unfold rest at 1 in a. fold C in m. lra. }
  assert (p := pow2_gt_0 (u l 0) nz). assert (e := exp_pos (- (2 * C) * t)).
  assert (q := Rmult_lt_0_compat _ _ e p). lra.
Qed.
